"""A Python prompt that remembers every result by number.

Everything public is loaded on first use, so importing the package costs next to nothing.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .completion import complete
    from .entry import Entry
    from .errors import HistshellError
    from .history import History
    from .prompt import Prompt
    from .session import install, uninstall

    h: History

__all__ = ["Entry", "History", "HistshellError", "Prompt", "__version__", "complete", "h", "install", "uninstall"]

_HOME_OF = {
    "Entry": "entry",
    "HistshellError": "errors",
    "History": "history",
    "Prompt": "prompt",
    "complete": "completion",
    "install": "session",
    "uninstall": "session",
}


def __getattr__(name: "str") -> "object":
    """Load a public name from its module; `h` is the history of the running session."""
    if name == "h":
        from .session import history

        return history()
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'histshell' has no attribute {name!r}")
    module = __import__("histshell." + home, None, None, [name])
    value = globals()[name] = getattr(module, name)
    return value


_START = (
    "places",
    "history",
    "prompt",
    "hook",
    "recorder",
    "shells/__init__",
    "shells/stock",
    "shells/stock_tab",
    "session",
)
"""The modules that are loaded before the first prompt, each after those that it imports."""


def _start(namespace: "dict[str, object]") -> "Callable[[], None] | None":
    """Load the modules that the first prompt needs from their byte code, and install; the start-up file calls this.

    Returns what it is to call when it has nothing else left to do, or None.

    Does nothing with `HISTSHELL=0`, without a terminal, and for `-E` and `-I`, where only asyncio's prompt comes here.

    The import system takes 0.2 ms to find and check one module, most of what a start may cost. Here the place of
    each is known, so that one stat and one read do. What is not there exactly as Python itself would have left
    it (no byte code yet, an older one, one kept elsewhere) is imported in the ordinary way.
    """
    import os
    import sys

    if hasattr(sys, "pypy_version_info"):
        namespace.pop("__cached__", None)  # left there by the running of the start-up file
    if (
        sys.flags.ignore_environment
        or os.environ.get("HISTSHELL") == "0"
        or not (sys.stdin.isatty() or "ipykernel" in sys.modules)
    ):
        sys.modules.pop(__name__, None)
        _forget_loader(namespace)
        return None
    _calm_collector()
    if sys.pycache_prefix is None:
        from _frozen_importlib import ModuleSpec
        from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
        from marshal import loads
        from os import stat

        level = sys.flags.optimize
        ending = f".{sys.implementation.cache_tag}{f'.opt-{level}' if level else ''}.pyc"
        try:
            for place in _START:
                path, _, base = f"{__path__[0]}/{place}".rpartition("/")
                name = "histshell." + place.replace("/__init__", "").replace("/", ".")
                source = f"{path}/{base}.py"
                status = stat(source)
                with open(f"{path}/__pycache__/{base}{ending}", "rb") as file:
                    data = file.read()
                stamp = int(status.st_mtime).to_bytes(8, "little")[:4] + status.st_size.to_bytes(8, "little")[:4]
                if name in sys.modules or data[:16] != MAGIC_NUMBER + b"\0\0\0\0" + stamp:
                    break
                module = type(sys)(name)
                spec = module.__spec__ = ModuleSpec(
                    name, SourceFileLoader(name, source), origin=source, is_package=base == "__init__"
                )
                spec.has_location = True
                module.__file__, module.__loader__, module.__package__ = source, spec.loader, spec.parent
                if base == "__init__":
                    module.__path__ = spec.submodule_search_locations = [path]
                sys.modules[name] = module
                exec(loads(memoryview(data)[16:]), module.__dict__)  # noqa: S102, S302  # as the import system does
                parent, _, child = name.rpartition(".")
                setattr(sys.modules[parent], child, module)
        except OSError:
            pass
    from .session import at_start, install

    install(namespace)
    _forget_loader(namespace)
    _calm_collector()
    return at_start()


def _calm_collector() -> "None":
    """Have the garbage collector count from zero again, with all that there is among the old objects.

    Nothing of what a start makes is garbage, but from Python 3.14 on to look for it takes 4 ms in the middle of the start.
    """
    import sys

    if sys.version_info >= (3, 14) and sys.implementation.name == "cpython":
        import gc

        if gc.get_freeze_count() == 0:
            gc.freeze()
            gc.unfreeze()


def _forget_loader(namespace: "dict[str, object]") -> "None":
    """Make the prompt's `__loader__` what it is without a start-up file."""
    loader = namespace.get("__loader__")
    if str(getattr(loader, "path", "")).endswith("pythonstartup.py"):
        # Python leaves there what it ran the start-up file with, and pdb would show that file as the prompt's source.
        from _frozen_importlib import BuiltinImporter

        namespace["__loader__"] = BuiltinImporter


def load_ipython_extension(shell: "Any") -> "None":
    """Number the results of the IPython that asks for it by `%load_ext histshell`."""
    from .session import install

    install(shell.user_ns)


def unload_ipython_extension(_shell: "Any") -> "None":
    """Take it out again, for `%unload_ext histshell`."""
    from .session import uninstall

    uninstall()


def __dir__() -> "list[str]":
    """List the public names, loaded or not."""
    return __all__
