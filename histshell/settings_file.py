"""Reading the settings file itself; only loaded when the flat cache of it is out of date."""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


def read(path: str, stamp: str, cache: str, complain: Callable[[str], None]) -> list[tuple[str, str, str]]:
    """Parse the TOML file at `path` into (name, line, text) and keep that in `cache` under `stamp`.

    A file that cannot be read or parsed is told to `complain` in a line, and is not kept, so that the line comes
    again at the next start.
    """
    try:
        with open(path, "rb") as file:
            source = file.read().decode("utf-8")
        table = parse(source)
    except OSError as error:
        complain(f"{path}: cannot be read: {error.strerror}")
        return []
    except ImportError:
        complain(f"{path}: not read: this Python has no TOML parser, and histshell's home has no 'tomli'")
        return []
    except UnicodeDecodeError as error:
        complain(f"{path}: {error}")
        return []
    except ValueError as error:  # TOMLDecodeError, whose text ends in where it was
        what, _, place = str(error).partition(" (at ")
        line = re.match(r"line (\d+)", place)
        complain(f"{path}:{line[1] if line else source.count(chr(10)) + 1}: {what}")
        return []
    entries = [(name, str(_line(source, name)), _text(value)) for name, value in table.items()]
    if not any("\n" in part or "\t" in name for name, line, text in entries for part in (name, text)):
        _keep(cache, "\n".join([stamp, *map("\t".join, entries), "end"]))
    return entries


def parse(source: str) -> dict[str, object]:
    """Parse with `tomllib`, or with the tomli of histshell's home where Python is too old to have it. Raises ValueError."""
    try:
        import tomllib as toml  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        import tomli as toml  # type: ignore[no-redef, unused-ignore]  # of home: every import here is the library's or home's
    try:
        table: dict[str, object] = toml.loads(source)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return table


def _text(value: object) -> str:
    """Return a setting's value as text; what is not a string keeps the look of TOML, for the message about it."""
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _line(source: str, name: str) -> int:
    """Return the line, from 1, on which the key `name` stands; 1 where it is spelt in some other way."""
    found = re.search(r"(?m)^\s*(?:\[\s*)?[\"']?" + re.escape(name) + r"[\"']?\s*[=.\]]", source)
    return source.count("\n", 0, found.start(0) + len(found[0]) - len(found[0].lstrip())) + 1 if found else 1


def _keep(cache: str, text: str) -> None:
    """Write the cache, readable by this user alone; a disk that is full or read-only only costs time."""
    temporary = f"{cache}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(cache), mode=0o700, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        os.replace(temporary, cache)
    except (OSError, UnicodeError):
        try:
            os.unlink(temporary)
        except OSError:
            pass
