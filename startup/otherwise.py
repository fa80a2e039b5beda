# What histshell's start-up file does when there is more to do than to start: `failed` is what `sys.exc_info()` gave if
# histshell could not be started, `names` the namespace of the prompt, `own` the path of the start-up file. Runs on
# Python 2.7 too.
import os
import sys

if sys.version_info < (3, 8) or hasattr(sys, "pypy_version_info"):
    names.pop("__cached__", None)  # left there by the running of the start-up file, as is the loader
    if "__loader__" in names:
        names["__loader__"] = sys.modules["_frozen_importlib"].BuiltinImporter

if failed:
    for _name in [_name for _name in sys.modules if _name.split(".")[0] == "histshell"]:
        del sys.modules[_name]
    if os.environ.get("HISTSHELL_DEBUG"):
        sys.excepthook(*failed)
    _text = "histshell: not started: %s: %s" % (failed[0].__name__, failed[1])
    sys.stderr.write(" ".join(_text.split()) + " ('histshell doctor' helps)\n")

_path = os.environ.get("HISTSHELL_CHAIN")
if sys.flags.ignore_environment:
    _path = None  # -E and -I: only asyncio's prompt in 3.13 comes here
if _path and os.path.abspath(_path) != own:
    try:
        with open(_path, "rb") as _stream:
            _source = _stream.read()
    except EnvironmentError as _error:
        _source = b""
        sys.stderr.write("histshell: HISTSHELL_CHAIN names %s: %s\n" % (_path, _error.strerror))
    _file, names["__file__"] = names.get("__file__"), _path
    try:
        exec(compile(_source, _path, "exec"), names)  # noqa: S102  # the user's own start-up file
    except BaseException as _error:  # shown as Python itself shows it, which goes on then
        if isinstance(_error, SystemExit):
            raise
        _kind, _trace = type(_error), sys.exc_info()[2].tb_next  # without this file's own frame
        if hasattr(_error, "__traceback__"):
            BaseException.with_traceback(_error, _trace)
        sys.last_type, sys.last_value, sys.last_traceback = _kind, _error, _trace
        if sys.version_info >= (3, 12):
            sys.last_exc = _error
        try:
            sys.excepthook(_kind, _error, _trace)
        except Exception:
            sys.__excepthook__(_kind, _error, _trace)
        del _kind, _trace
    if _file is None:
        names.pop("__file__", None)
    else:
        names["__file__"] = _file
    _session = sys.modules.get("histshell.session")
    if hasattr(_session, "compose"):
        _session.compose()  # with VS Code's file: the number in its prompt
