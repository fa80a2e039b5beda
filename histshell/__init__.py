"""A Python prompt that remembers every result by number.

Everything public is loaded on first use, so importing the package costs next to nothing.
"""

import sys

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
        return _own("session").history()
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'histshell' has no attribute {name!r}")
    value = globals()[name] = getattr(_own(home), name)
    return value


def _own(name: "str") -> "Any":
    """Return a module of ours, executed with `libraries.BUILTINS`, so that what it imports is not looked for in the user's path."""
    libraries: "Any" = sys.modules.get("histshell.libraries") or __import__(
        "histshell.libraries", None, None, ["import_"]
    )
    return libraries.import_("histshell." + name, None, None, ("__name__",))


class _Folder:
    """Stands in `sys.path_importer_cache` for the folder of this package till a module of it is imported in the ordinary way."""

    def find_spec(self, name: "str", target: "object" = None) -> "object":
        """Let the finder take over that has all our modules get the builtins of `libraries`."""
        cache: "Any" = sys.path_importer_cache
        if cache.get(__path__[0]) is self:
            del cache[__path__[0]]
        ours = _own("libraries.ours") if name != "histshell.libraries" else None
        if ours is None:
            from _frozen_importlib_external import PathFinder

            found: "object" = PathFinder.find_spec(name, [__path__[0]])
            cache[__path__[0]] = self
            return found
        finder = cache[__path__[0]] = ours.our_folder(__path__[0])
        return finder.find_spec(name, target)


def _watch_folder() -> "None":
    cache: "Any" = sys.path_importer_cache
    if type(cache.get(__path__[0])).__module__ != "histshell.libraries.ours":
        cache[__path__[0]] = _Folder()


class _Path(list):  # type: ignore[type-arg]
    """Where the modules of this package are. Whoever looks along it finds `_Folder` there, also when the cache has been cleared."""

    def __iter__(self) -> "Any":
        _watch_folder()
        return list.__iter__(self)


_watch_folder()
__path__ = _Path(__path__)


_START = (
    "libraries/__init__",
    "places",
    "history",
    "prompt",
    "hook",
    "recorder",
    "shells/__init__",
    "shells/stock/__init__",
    "shells/stock/detect",
    "line_editor",
    "shell_session",
    "session",
)
"""The modules that are loaded before the first prompt, each after those that it imports."""

_MOST = 1 << 16
"""What one read takes of a file of byte code, in bytes; of a larger one Python's own loader is asked for it."""


def _start(namespace: "dict[str, object]") -> "Callable[[], None] | None":
    """Load the modules that the first prompt needs from their byte code, and install; the start-up file calls this.

    Returns what it is to call when it has nothing else left to do, or None.

    Does nothing with `HISTSHELL=0`, without a terminal, and for `-E` and `-I`, where only asyncio's prompt comes here.

    The import system takes 0.2 ms to find and check one module, most of what a start may cost. Here the place of
    each is known, so that one stat and one read do. What is not there exactly as Python itself would have left
    it (no byte code yet, an older one, one kept elsewhere) is left to Python's own loader.
    """
    import os

    if hasattr(sys, "pypy_version_info"):
        namespace.pop("__cached__", None)  # left there by the running of the start-up file
    if (
        sys.flags.ignore_environment
        or os.environ.get("HISTSHELL") == "0"
        or not (sys.stdin.isatty() or "ipykernel" in sys.modules)
    ):
        sys.modules.pop(__name__, None)
        sys.path_importer_cache.pop(__path__[0], None)
        _forget_loader(namespace)
        return None
    _calm_collector()
    from _frozen_importlib import ModuleSpec
    from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
    from marshal import loads
    from os import stat

    level, flags = sys.flags.optimize, os.O_RDONLY | getattr(os, "O_BINARY", 0)
    ending = f".{sys.implementation.cache_tag}{f'.opt-{level}' if level else ''}.pyc"
    try:
        for place in _START:
            path, _, base = f"{__path__[0]}/{place}".rpartition("/")
            name = "histshell." + place.replace("/__init__", "").replace("/", ".")
            if name in sys.modules:
                break
            source = f"{path}/{base}.py"
            status = stat(source)
            module = type(sys)(name)
            spec = module.__spec__ = ModuleSpec(
                name, SourceFileLoader(name, source), origin=source, is_package=base == "__init__"
            )
            spec.has_location = True
            module.__file__, module.__loader__, module.__package__ = source, spec.loader, spec.parent
            if base == "__init__":
                module.__path__ = spec.submodule_search_locations = [path]
            if place != _START[0]:
                module.__dict__["__builtins__"] = sys.modules["histshell.libraries"].BUILTINS
            data = b""
            if sys.pycache_prefix is None:
                try:  # without a file object, which asks for the size twice and has a buffer made
                    file = os.open(f"{path}/__pycache__/{base}{ending}", flags)
                    try:
                        data = os.read(file, _MOST)
                    finally:
                        os.close(file)
                except OSError:
                    pass
            stamp = int(status.st_mtime).to_bytes(8, "little")[:4] + status.st_size.to_bytes(8, "little")[:4]
            sys.modules[name] = module
            if len(data) < _MOST and data[:16] == MAGIC_NUMBER + b"\0\0\0\0" + stamp:
                exec(loads(memoryview(data)[16:]), module.__dict__)  # noqa: S102, S302  # as the import system does
            else:
                spec.loader.exec_module(module)  # type: ignore[union-attr]  # it has one
            parent, _, child = name.rpartition(".")
            setattr(sys.modules[parent], child, module)
    except OSError:  # the package is in an archive
        pass
    session = _own("session")
    session.install(namespace)
    _forget_loader(namespace)
    _calm_collector()
    later: "Callable[[], None] | None" = session.at_start()
    return later


def _calm_collector() -> "None":
    """Have the garbage collector count from zero again, with all that there is among the old objects.

    Nothing of what a start makes is garbage, but from Python 3.14 on to look for it takes 4 ms in the middle of the start.
    """
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
    _own("session").install(shell.user_ns)


def unload_ipython_extension(_shell: "Any") -> "None":
    """Take it out again, for `%unload_ext histshell`."""
    _own("session").uninstall()


def __dir__() -> "list[str]":
    """List the public names, loaded or not."""
    return __all__
