"""Streams that run foreign code in the C loader: each makes a file or directory at a path it is given."""

# ruff: noqa: E501 - a stream a line reads better than a stream in pieces

from __future__ import annotations

import struct
from collections.abc import Callable

Maker = Callable[[str], bytes]


def g(module: str, name: str) -> bytes:
    """GLOBAL."""
    return f"c{module}\n{name}\n".encode()


def sg(module: str, name: str) -> bytes:
    """STACK_GLOBAL, which takes dotted names in protocol 4."""
    return s(module) + s(name) + b"\x93"


def s(text: str) -> bytes:
    """BINUNICODE."""
    raw = text.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def t(*parts: bytes) -> bytes:
    """A tuple."""
    return b"(" + b"".join(parts) + b"t"


def li(*parts: bytes) -> bytes:
    """A list."""
    return b"](" + b"".join(parts) + b"e"


def di(*parts: bytes) -> bytes:
    """A dict of keys and values."""
    return b"}(" + b"".join(parts) + b"u"


def r(function: bytes, *args: bytes) -> bytes:
    """A call by REDUCE."""
    return function + t(*args) + b"R"


MKDIR = g("os", "mkdir")
CODE = "__import__('os').mkdir({!r})"


def code(path: str) -> bytes:
    """Python source that makes the directory."""
    return s(CODE.format(path))


def _called(module: str, name: str, *more: bytes) -> Maker:
    """A stream that calls module.name(path, *more)."""
    return lambda p: r(g(module, name), s(p), *more) + b"."


def _coded(module: str, name: str) -> Maker:
    """A stream that calls module.name(source)."""
    return lambda p: r(g(module, name), code(p)) + b"."


def _shell(module: str, name: str) -> Maker:
    """A stream that calls module.name("mkdir path") and waits for it."""
    return lambda p: r(g(module, name), s(f"mkdir {p}")) + b"."


P4 = b"\x80\x04"
NS = g("argparse", "Namespace") + b")R"

#: name -> maker. Grouped by the way that leads to the call.
DANGERS: dict[str, Maker] = {
    # plain calls
    "os.mkdir": _called("os", "mkdir"),
    "posix.mkdir": _called("posix", "mkdir"),
    "os.makedirs": _called("os", "makedirs"),
    "os.mkfifo": _called("os", "mkfifo"),
    "os.mknod": _called("os", "mknod"),
    "os.symlink": lambda p: r(g("os", "symlink"), s("/"), s(p)) + b".",
    "os.open": _called("os", "open", b"J" + struct.pack("<i", 0o101)),
    "os.system": _shell("os", "system"),
    "posix.system": _shell("posix", "system"),
    "os.popen": lambda p: r(g("builtins", "list"), r(g("os", "popen"), s(f"mkdir {p}"))) + b".",
    "subprocess.getoutput": _shell("subprocess", "getoutput"),
    "subprocess.call": lambda p: r(g("subprocess", "call"), li(s("mkdir"), s(p))) + b".",
    "subprocess.check_output": lambda p: r(g("subprocess", "check_output"), li(s("mkdir"), s(p))) + b".",
    "subprocess.run": lambda p: r(g("subprocess", "run"), li(s("mkdir"), s(p))) + b".",
    "open": _called("builtins", "open", s("w")),
    "io.open": _called("io", "open", s("w")),
    "_io.FileIO": _called("_io", "FileIO", s("w")),
    "codecs.open": _called("_pyio", "open", s("w")),
    "eval": _coded("builtins", "eval"),
    "exec": _coded("builtins", "exec"),
    "timeit.timeit": lambda p: r(g("timeit", "timeit"), code(p), s("pass"), g("time", "perf_counter"), b"K\x01") + b".",
    "cProfile.run": _coded("cProfile", "run"),
    "pdb.run": lambda p: r(g("bdb", "Bdb"),) + b"p0\n0" + r(r(g("builtins", "getattr"), b"g0\n", s("run")), code(p)) + b".",
    "gzip.open": _called("gzip", "open", s("wb")),
    "bz2.BZ2File": _called("bz2", "BZ2File", s("w")),
    "lzma.open": _called("lzma", "open", s("w")),
    "zipfile.ZipFile": _called("zipfile", "ZipFile", s("w")),
    "tarfile.open": _called("tarfile", "open", s("w")),
    "sqlite3.connect": _called("sqlite3", "connect"),
    "logging.FileHandler": _called("logging", "FileHandler"),
    "mailbox.Maildir": _called("mailbox", "Maildir"),
    "shutil.copyfile": lambda p: r(g("shutil", "copyfile"), s("/dev/null"), s(p)) + b".",
    "tempfile.mkdtemp": lambda p: r(g("tempfile", "mkdtemp"), s(""), s(""), r(MKDIR, s(p)) + b"0" + s(p)) + b".",
    # Python 2's names
    "__builtin__.eval": _coded("__builtin__", "eval"),
    "commands.getoutput": _shell("commands", "getoutput"),
    "cPickle.loads": lambda p: r(g("cPickle", "loads"), b"C" + bytes([len(_inner(p))]) + _inner(p)) + b".",
    "__builtin__.reduce": lambda p: r(g("__builtin__", "reduce"), g("os", "makedirs"), li(s(p), b"J\xff\x01\x00\x00")) + b".",
    "__builtin__.apply by map": lambda p: r(g("__builtin__", "list"), r(g("__builtin__", "map"), MKDIR, li(s(p)))) + b".",
    "itertools.imap": lambda p: r(g("__builtin__", "list"), r(g("itertools", "imap"), MKDIR, li(s(p)))) + b".",
    "UserDict mapping": lambda p: r(g("__builtin__", "getattr"), g("os", "path") + b"0" + r(g("__builtin__", "__import__"), s("os")), s("mkdir"))
    + t(s(p)) + b"R.",
    # other opcodes that call
    "INST": lambda p: b"(" + s(p) + b"ios\nmkdir\n.",
    "OBJ": lambda p: b"(" + MKDIR + s(p) + b"o.",
    "NEWOBJ tuple of map": lambda p: g("builtins", "tuple") + t(r(g("builtins", "map"), MKDIR, li(s(p)))) + b"\x81.",
    "NEWOBJ map, then tuple": lambda p: g("builtins", "tuple") + t(g("builtins", "map") + t(MKDIR, li(s(p))) + b"\x81") + b"\x81.",
    "NEWOBJ frozenset of filter": lambda p: g("builtins", "frozenset") + t(g("builtins", "filter") + t(MKDIR, li(s(p))) + b"\x81") + b"\x81.",
    "NEWOBJ_EX FileIO": lambda p: g("builtins", "tuple") + t(r(g("builtins", "map"), MKDIR, li(s(p)))) + b"}\x92.",
    "deque of map": lambda p: r(g("collections", "deque"), r(g("builtins", "map"), MKDIR, li(s(p)))) + b".",
    "dict of map": lambda p: r(g("builtins", "set"), r(g("builtins", "map"), MKDIR, li(s(p)))) + b".",
    "sum of map": lambda p: r(g("builtins", "any"), r(g("builtins", "map"), MKDIR, li(s(p)))) + b".",
    "defaultdict factory": lambda p: r(g("collections", "defaultdict"), r(g("functools", "partial"), MKDIR, s(p))) + b"p0\n0"
    + r(g("operator", "getitem"), b"g0\n", b"K\x01") + b".",
    # ways to a function without its name
    "functools.partial": lambda p: r(g("functools", "partial"), MKDIR, s(p)) + b")R.",
    "operator.methodcaller": lambda p: r(g("operator", "methodcaller"), s("mkdir")) + t(r(g("pathlib", "PosixPath"), s(p))) + b"R.",
    "operator.attrgetter": lambda p: r(g("operator", "attrgetter"), s("mkdir")) + t(r(g("importlib", "import_module"), s("os"))) + b"R" + t(s(p)) + b"R.",
    "getattr of module": lambda p: r(g("builtins", "getattr"), g("posixpath", "os"), s("mkdir")) + t(s(p)) + b"R.",
    "importlib.import_module": lambda p: r(g("builtins", "getattr"), r(g("importlib", "import_module"), s("os")), s("mkdir")) + t(s(p)) + b"R.",
    "pkgutil.resolve_name": lambda p: r(g("pkgutil", "resolve_name"), s("os:mkdir")) + t(s(p)) + b"R.",
    "pydoc.locate": lambda p: r(g("pydoc", "locate"), s("os.mkdir")) + t(s(p)) + b"R.",
    "vars of module": lambda p: r(g("operator", "getitem"), r(g("builtins", "vars"), g("posixpath", "os")), s("mkdir")) + t(s(p)) + b"R.",
    "sys.modules": lambda p: r(g("builtins", "getattr"), r(g("operator", "getitem"), g("sys", "modules"), s("os")), s("mkdir")) + t(s(p)) + b"R.",
    "types.FunctionType": lambda p: r(g("types", "FunctionType"), r(g("builtins", "compile"), code(p), s("x"), s("exec")), b"}") + b")R.",
    "atexit": lambda p: r(g("atexit", "register"), MKDIR, s(p)) + b"0" + g("atexit", "_run_exitfuncs") + b")R.",
    "weakref.finalize": lambda p: r(g("weakref", "finalize"), g("argparse", "Namespace"), MKDIR, s(p)) + b")R.",
    "contextlib.ExitStack": lambda p: g("contextlib", "ExitStack") + b")Rp0\n0"
    + r(r(g("builtins", "getattr"), b"g0\n", s("callback")), MKDIR, s(p)) + b"0" + r(g("builtins", "getattr"), b"g0\n", s("close")) + b")R.",
    "signal of a generator": lambda p: r(g("itertools", "starmap"), MKDIR, li(t(s(p)))) + b"p0\n0" + r(g("builtins", "next"), b"g0\n") + b".",
    # dotted names
    "random._os.mkdir": lambda p: P4 + sg("random", "_os.mkdir") + t(s(p)) + b"R.",
    "enum.bltns.exec": lambda p: P4 + sg("collections", "_sys.modules.get") + t(s("os")) + b"Rp0\n0" + sg("builtins", "getattr")
    + t(b"g0\n", s("mkdir")) + b"R" + t(s(p)) + b"R.",
    "Fraction.__new__.__builtins__": lambda p: P4 + sg("fractions", "Fraction.__new__.__builtins__.get") + t(s("eval")) + b"R" + t(code(p)) + b"R.",
    "Namespace.__init__.__globals__": lambda p: P4 + sg("argparse", "Namespace.__init__.__globals__.get") + t(s("_os")) + b"Rp0\n0"
    + sg("builtins", "getattr") + t(b"g0\n", s("mkdir")) + b"R" + t(s(p)) + b"R.",
    "PosixPath.mkdir": lambda p: P4 + sg("pathlib", "PosixPath.mkdir") + t(r(g("pathlib", "PosixPath"), s(p))) + b"R.",
    "dotted by GLOBAL": lambda p: P4 + g("random", "_os.mkdir") + t(s(p)) + b"R.",
    "PROTO in mid-stream": lambda p: b"\x80\x02N0" + P4 + sg("random", "_os.mkdir") + t(s(p)) + b"R.",
    # the extension registry and the loader's own tables
    "EXT after add_extension": lambda p: r(g("copyreg", "add_extension"), s("os"), s("mkdir"), b"K\x07") + b"0\x82\x07" + t(s(p)) + b"R.",
    "EXT after SETITEM": lambda p: g("copyreg", "_inverted_registry") + b"K\x09" + t(s("os"), s("mkdir")) + b"s0\x82\x09" + t(s(p)) + b"R.",
    "EXT by the cache": lambda p: g("copyreg", "_extension_cache") + b"K\x0b" + MKDIR + b"s0\x83\x0b\x00" + t(s(p)) + b"R.",
    "NAME_MAPPING": lambda p: g("_compat_pickle", "NAME_MAPPING") + t(s("collections"), s("OrderedDict")) + t(s("os"), s("mkdir")) + b"s0"
    + g("collections", "OrderedDict") + t(s(p)) + b"R.",
    "IMPORT_MAPPING": lambda p: g("_compat_pickle", "IMPORT_MAPPING") + s("datetime") + s("os") + b"s0" + g("datetime", "mkdir") + t(s(p)) + b"R.",
    # BUILD
    "BUILD __setstate__": lambda p: NS + di(s("__setstate__"), MKDIR) + b"b" + s(p) + b"b.",
    "BUILD append": lambda p: NS + di(s("append"), MKDIR) + b"b" + s(p) + b"a.",
    "BUILD extend": lambda p: NS + di(s("extend"), g("subprocess", "call")) + b"b(" + s("mkdir") + s(p) + b"e.",
    "BUILD add": lambda p: NS + di(s("add"), MKDIR) + b"b(" + s(p) + b"\x90.",
    "BUILD on a class: __hash__": lambda p: r(g("builtins", "type"), s("X"), t(), b"}") + b"p0\nN" + di(s("__hash__"), r(g("builtins", "staticmethod"), r(g("functools", "partial"), MKDIR, s(p))))
    + b"\x86b0}g0\n)RNs.",
    "BUILD on a class: __setitem__": lambda p: r(g("builtins", "type"), s("X"), t(), b"}") + b"p0\nN" + di(s("__setitem__"), MKDIR)
    + b"\x86b)R" + s(p) + b"J\xff\x01\x00\x00s.",
    "type with __del__": lambda p: (
        r(
            g("builtins", "type"),
            s("X"),
            t(),
            di(s("__del__"), r(g("builtins", "staticmethod"), r(g("functools", "partial"), MKDIR, s(p)))),
        )
        + b")R0N."
    ),
    "type with __init__": lambda p: r(g("builtins", "type"), s("X"), t(), di(s("__init__"), MKDIR)) + t(s(p)) + b"R.",
    "SETITEM on sys.modules": lambda p: g("sys", "modules") + s("colour") + g("posixpath", "os") + b"s0" + g("colour", "mkdir") + t(s(p)) + b"R.",
    "BUILD on a module": lambda p: g("posixpath", "os") + di(s("rmdir_"), MKDIR) + b"b0" + g("os", "rmdir_") + t(s(p)) + b"R.",
}  # fmt: skip


def _inner(path: str) -> bytes:
    """A stream inside a stream."""
    return b"cos\nmkdir\n(V" + path.encode() + b"\ntR."
