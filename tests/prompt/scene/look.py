"""Executed at a prompt by `exec(open("look.py").read())`: writes what the session looks like from inside to ~/look, as a literal.

Valid for any Python from 2.7 on; needs nothing imported, and imports nothing that Python has not loaded itself.
"""


def _look(names):  # type: ignore[no-untyped-def]  # Python 2.7 has no annotations
    import sys

    modules = sorted(sys.modules)
    import os

    gc = sys.modules.get("gc")

    seen = {
        "modules": modules,
        "path": sys.path,
        "meta_path": [repr(finder).partition(" at ")[0] for finder in sys.meta_path],
        "path_hooks": len(sys.path_hooks),
        "names": sorted(name for name in names if name != "_look"),
        "loader": repr(names.get("__loader__")).partition(" at ")[0],
        "sys": sorted(set(dir(sys)) - {"ps1", "ps2"}),
        "builtins": sorted(
            set(dir(sys.modules.get("builtins", sys.modules.get("__builtin__")))) - {"_", "h", "_h", "pik"}
        ),
        "streams": [repr(type(stream)) for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "hooks": [sys.excepthook is sys.__excepthook__, sys.getrecursionlimit(), repr(sys.gettrace())],
        "collector": gc
        and (gc.isenabled(), getattr(gc, "get_threshold", tuple)(), getattr(gc, "get_freeze_count", int)()),
        "argv": sys.argv,
        "environment": sorted(name for name in os.environ if name not in ("PYTHONSTARTUP", "COLUMNS", "LINES")),
    }
    with open(os.path.join(os.environ["HOME"], "look"), "w") as file:
        file.write(repr(seen))


_look(dict(globals()))  # type: ignore[no-untyped-call]
del _look
