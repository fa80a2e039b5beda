# histshell's start-up file, what PYTHONSTARTUP points to; any Python from 2.7 on may run it. It loads histshell from
# its own home, whatever environment is active. Python compiles this file at each start, a third of what a start takes,
# so it is short: whether to start is for the package to say, and what is rarely needed is in `otherwise.py` beside it.
def _histshell(names):
    import os
    import sys

    own, failed, last = os.path.abspath(_histshell.__code__.co_filename), (), None
    here = os.path.dirname(own)
    try:
        if sys.version_info >= (3, 8):
            import _frozen_importlib_external as e

            home = os.path.dirname(here)  # around this folder, in a checkout and in the installed package
            if os.path.exists(here + "/home"):
                with open(here + "/home", "rb") as file:  # a path is bytes, whatever the locale
                    home = os.fsdecode(file.readline().rstrip(b"\n"))
            home += "/histshell"
            s = e.spec_from_file_location("histshell", home + "/__init__.py", submodule_search_locations=[home])
            last = (sys.modules.get("histshell") or e._bootstrap._load(s))._start(names)
    except BaseException:
        failed = sys.exc_info()
    if failed or "HISTSHELL_CHAIN" in os.environ or sys.version_info < (3, 8):
        with open(here + "/otherwise.py", "rb") as file:
            more = {"names": names, "own": own, "failed": failed}
            exec(compile(file.read(), here + "/otherwise.py", "exec"), more)  # noqa: S102  # our own file
    return last


try:
    (_histshell(globals()) or int)()
except Exception:
    pass
globals().pop("_histshell", None)
