# What the command `histshell` becomes in another Python: it loads histshell by its path, and goes on there. Any Python from 2.7
# on may run it, and compiles it each time, so it is short. Its arguments: home's Python, why this one was chosen, in a word and
# in lines, and what to do.
def _guest():
    import os
    import sys

    os.environ.pop("HISTSHELL_BECOMES", None)
    own = os.path.abspath(_guest.__code__.co_filename)
    given, words = sys.argv[1:4], sys.argv[4:]
    if given[1] == "PATH" and sys.version_info < (3, 10) and given[0]:
        why = given[2] + " is older than 3.10; this is histshell's own Python"
        os.execv(given[0], [given[0], own, given[0], "home", why] + words)
    if sys.version_info < (3, 8):
        import platform

        asked, options = words.pop(0), []
        while words[:1] in (["-q"], ["--asyncio"]):
            options.append(words.pop(0))
        terminal = os.isatty(0)
        if asked == "pik" or "--asyncio" in options:
            sys.stderr.write("histshell: that needs Python 3.8 or later; this is %s\n" % platform.python_version())
            raise SystemExit(2)
        if terminal:
            what = "Python %s is too old for numbers; this is its own prompt" % platform.python_version()
            sys.stderr.write("histshell: %s\n" % what)
            sys.stderr.flush()
        quiet = ["-q"] if options and sys.version_info > (3,) else []
        os.execv(sys.executable, [sys.executable] + quiet + ["-i"] * terminal + words)
    import _frozen_importlib_external as e
    import _signal

    handler = _signal.signal(_signal.SIGINT, lambda *_: None)  # Ctrl-C while histshell is loaded
    package = os.path.dirname(os.path.dirname(own)) + "/histshell"
    place = package + "/__init__.py"
    e._bootstrap._load(e.spec_from_file_location("histshell", place, submodule_search_locations=[package]))
    from histshell import start

    status = start.as_guest(given, words, handler)
    if status is not None:
        raise SystemExit(status)


_guest()
