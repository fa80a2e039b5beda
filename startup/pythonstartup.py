# histshell's start-up file, what PYTHONSTARTUP points to; any Python from 2.7 on may run it. It loads histshell from
# its own home, whatever environment is active. Python compiles this file at each start, so it is short: what is rarely
# needed (to say what failed, to run the start-up file in $HISTSHELL_CHAIN) is in `otherwise.py` beside it.
# HISTSHELL=0 keeps histshell off.
def _histshell(names):
    import os
    import sys

    own, failed = os.path.abspath(_histshell.__code__.co_filename), None
    try:
        here = home = os.path.dirname(own)
        if sys.flags.ignore_environment:
            return  # -E and -I: only asyncio's prompt in 3.13 comes here
        if sys.version_info >= (3, 8) and os.environ.get("HISTSHELL") != "0" and sys.stdin.isatty():
            if "histshell" not in sys.modules:
                import _frozen_importlib as i
                import _frozen_importlib_external as e

                if os.path.exists(here + "/home"):
                    with open(here + "/home", "rb") as file:  # a path is bytes, whatever the locale
                        home = os.fsdecode(file.readline().rstrip(b"\n")) + "/"
                # Else beside this folder, in a checkout, or around it, in the installed package.
                home = os.path.dirname(home) + "/histshell"
                s = e.spec_from_file_location("histshell", home + "/__init__.py", submodule_search_locations=[home])
                i._load(s)
            sys.modules["histshell"]._start(names)
    except BaseException:
        failed = sys.exc_info()
    if sys.version_info < (3, 8) or hasattr(sys, "pypy_version_info"):
        names.pop("__cached__", None)  # left there by the running of this file, as is the loader
        if "__loader__" in names:
            names["__loader__"] = sys.modules["_frozen_importlib"].BuiltinImporter
    if failed or os.environ.get("HISTSHELL_CHAIN"):
        with open(here + "/otherwise.py", "rb") as file:
            more = {"names": names, "own": own, "failed": failed}
            exec(compile(file.read(), here + "/otherwise.py", "exec"), more)  # noqa: S102  # our own file


try:
    _histshell(globals())
except Exception:
    pass
del _histshell
