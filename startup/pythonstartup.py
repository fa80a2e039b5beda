# histshell's start-up file, what PYTHONSTARTUP points to; any Python from 2.7 on may run it. Python compiles it at
# each start, so it is short: it loads histshell from its home, whatever environment is active, says one line if that fails,
# and then runs $HISTSHELL_CHAIN, the start-up file that was in use before. HISTSHELL=0 keeps histshell off.
def _histshell(names):
    import os, sys

    own = os.path.abspath(_histshell.__code__.co_filename)
    if sys.flags.ignore_environment:
        return  # -E and -I: only asyncio's prompt in 3.13 comes here
    try:
        if sys.version_info >= (3, 8) and os.environ.get("HISTSHELL") != "0" and sys.stdin.isatty():
            if "histshell" not in sys.modules:
                import _frozen_importlib as i, _frozen_importlib_external as e

                home = os.path.dirname(own)
                if os.path.exists(home + "/home"):
                    with open(home + "/home") as file:
                        home = file.readline().rstrip("\n")
                else:
                    home = os.path.dirname(home)  # in a checkout, and in the installed package
                home += "/histshell"
                s = e.spec_from_file_location("histshell", home + "/__init__.py", submodule_search_locations=[home])
                sys.modules["histshell"] = i.module_from_spec(s)
                s.loader.exec_module(sys.modules["histshell"])
            sys.modules["histshell"]._start(names)
    except BaseException as error:
        for name in [name for name in sys.modules if name.split(".")[0] == "histshell"]:
            del sys.modules[name]
        if os.environ.get("HISTSHELL_DEBUG"):
            sys.excepthook(*sys.exc_info())
        text = "histshell: not started: %s: %s" % (type(error).__name__, error)
        sys.stderr.write(" ".join(text.split()) + " ('histshell doctor' helps)\n")
    path = os.environ.get("HISTSHELL_CHAIN")
    if path and os.path.abspath(path) != own:
        names["__file__"] = path
        try:
            with open(path, "rb") as file:
                exec(compile(file.read(), path, "exec"), names)
        except Exception:
            sys.excepthook(*sys.exc_info())
        names.pop("__file__", None)


try:
    _histshell(globals())
finally:
    del _histshell
