;;; emacs.el --- what tests/shells/test_emacs.py has Emacs do  -*- lexical-binding: t -*-

;; Each answer is one line: its name, a tab, a JSON value.  PYTHON in the environment is the interpreter.

(require 'python)
(require 'json)
(setq python-shell-interpreter (getenv "PYTHON")
      python-shell-interpreter-args "-i"
      python-indent-guess-indent-offset nil
      explicit-shell-file-name "/bin/sh")

(defun say (name value)
  "Print VALUE under NAME."
  (princ (format "%s\t%s\n" name (json-encode value))))

(defun wait-for (process pattern)
  "Read what PROCESS writes until PATTERN stands at the end of its buffer."
  (let ((deadline (+ (float-time) 30)))
    (with-current-buffer (process-buffer process)
      (while (not (save-excursion (goto-char (point-max))
                                  (re-search-backward (concat "\\(?:" pattern "\\)\\'") nil t)))
        (when (> (float-time) deadline)
          (say "timeout" (buffer-string))
          (kill-emacs 1))
        (accept-process-output process 0.1)))))

(defun type-line (process line)
  "Type LINE in the buffer of PROCESS, as a person does."
  (with-current-buffer (process-buffer process)
    (goto-char (point-max))
    (insert line)
    (comint-send-input)))

(defun try-run-python ()
  "`run-python', and what Emacs asks it."
  (let* ((process (run-python))
         (ask (lambda (text) (python-shell-send-string-no-output text process))))
    (wait-for process ">>> ")
    (say "detected" (cl-subseq (python-shell-prompt-detect) 0 2))
    (say "sum" (funcall ask "20+22"))
    (say "text" (funcall ask "print('a'); 'b'"))
    (say "several" (funcall ask "for i in range(2):\n    print(i)\n"))
    (say "long" (funcall ask (concat "x = '" (make-string 3000 ?a) "'; len(x)")))
    (funcall ask "import os as system")
    (say "eldoc" (python-eldoc--get-doc-at-point "system.path.join" process))
    (type-line process "40 + 2")
    (wait-for process "\n42\n>+ ")
    (type-line process "for i in range(2):")
    (wait-for process "\\.\\.\\. ")
    (type-line process "  i + 10")
    (wait-for process "\\.\\.\\. ")
    (type-line process "")
    (wait-for process "\n11\n>+ ")
    (say "buffer" (with-current-buffer (process-buffer process) (buffer-substring-no-properties 1 (point-max))))
    (say "completed" (with-current-buffer (process-buffer process)
                       (goto-char (point-max))
                       (insert "system.path.is")
                       (let ((found (python-shell-completion-at-point process)))
                         (prog1 (all-completions "system.path.is" (nth 2 found))
                           (delete-region (process-mark process) (point-max))))))
    (say "native" (with-current-buffer (process-buffer process)
                    (and python-shell-completion-native-enable
                         (python-shell-completion-native-get-completions process "system.path.islin"))))
    (say "asked" (python-shell-completion-get-completions process "system.path.is"))
    (say "numbers" (funcall ask "print(h[1:])"))
    (say "input" (funcall ask "print(h.entry(4).source)"))))

(defun try-shell ()
  "Python in `M-x shell'."
  (let* ((process-environment (cons "PS1=ready$ " process-environment))
         (process (get-buffer-process (shell))))
    (wait-for process "\\$ ")
    (type-line process (getenv "PYTHON"))
    (wait-for process ">>> ")
    (type-line process "40 + 2")
    (wait-for process "\n42\n.*>>> ")
    (say "buffer" (buffer-substring-no-properties 1 (point-max)))))
