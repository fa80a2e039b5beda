"""Ask one tool about files: run by the Python that has it, with the tool's name; paths come on the standard input.

Prints a line for each, `safe`, `warns` or `none` (no answer), and at last the seconds of the processor and the peak in megabytes.
"""

# mypy: ignore-errors

import contextlib
import io
import logging
import os
import resource
import sys
import time
import warnings


def _fickling():
    import fickling

    return lambda path: fickling.scan_file(path).is_safe


def _picklescan():
    from picklescan import scanner

    def ask(path):
        found = scanner.scan_file_path(path)
        return None if found.scan_err or not found.scanned_files else not found.infected_files

    return ask


def _modelscan():
    from modelscan.modelscan import ModelScan

    def ask(path):
        found = ModelScan().scan(path)
        if found.get("errors") or not found["summary"]["scanned"]["total_scanned"]:
            return None
        return not found["summary"]["total_issues"]

    return ask


def _torch():
    import pickle

    import torch

    def ask(path):
        try:
            torch.load(path, weights_only=True)
        except pickle.UnpicklingError as error:
            # Other errors are that it is no checkpoint: PyTorch reads its own files alone, and protocol 2 in them.
            return (
                False
                if any(words in str(error) for words in ("Unsupported global", "Unsupported class", "blocked"))
                else None
            )
        return True

    return ask


def main():
    """Answer."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    ask = {"fickling": _fickling, "picklescan": _picklescan, "modelscan": _modelscan, "torch": _torch}[sys.argv[1]]()
    answers = []
    began = time.process_time()
    for path in sys.stdin.read().splitlines():
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            try:
                said = ask(path)
            except (Exception, SystemExit):
                said = None
        answers.append({True: "safe", False: "warns", None: "none"}[said])
    took = time.process_time() - began
    print(*answers, sep="\n")
    print(f"{took:.2f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}", flush=True)
    os._exit(0)  # what the files have started meanwhile is not waited for


if __name__ == "__main__":
    main()
