# What histshell's start-up file does when there is more to do than to start: `failed` is what `sys.exc_info()` gave if
# histshell could not be started, `names` the namespace of the prompt, `own` the path of the start-up file. For Python 2.7 too.
import os
import sys

if failed:  # noqa: F821 (given by the start-up file, as are `own` and `names`)
    for _name in [_name for _name in sys.modules if _name.split(".")[0] == "histshell"]:
        del sys.modules[_name]
    if os.environ.get("HISTSHELL_DEBUG"):
        sys.excepthook(*failed)  # noqa: F821
    _text = "histshell: not started: %s: %s" % (failed[0].__name__, failed[1])  # noqa: F821
    sys.stderr.write(" ".join(_text.split()) + " ('histshell doctor' helps)\n")

_path = os.environ.get("HISTSHELL_CHAIN")
if _path and os.path.abspath(_path) != own:  # noqa: F821
    names["__file__"] = _path  # noqa: F821
    try:
        with open(_path, "rb") as _file:
            exec(compile(_file.read(), _path, "exec"), names)  # noqa: F821
    except Exception:
        sys.excepthook(*sys.exc_info())
    names.pop("__file__", None)  # noqa: F821
