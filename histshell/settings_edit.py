"""Changing one line of the settings file: comments, order and all else in it stay as they are."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from . import places, settings, settings_file
from .errors import HistshellError
from .setup import small_files

if TYPE_CHECKING:
    from collections.abc import Iterator


class SettingNotChanged(HistshellError):
    """A setting was not changed, and the file is as it was; the sentence says why."""


def named(name: str) -> settings.Setting:
    """Return the setting of this name. Raises `SettingNotChanged` with the one that may be meant."""
    for setting in settings.SETTINGS:
        if setting.name == name:
            return setting
    from difflib import get_close_matches

    close = get_close_matches(name, [setting.name for setting in settings.SETTINGS], 1)
    hint = f"did you mean {close[0]}?" if close else "'histshell config' lists them"
    raise SettingNotChanged(f"there is no setting {name!r}; {hint}")


def keep(name: str, text: str | None) -> bool:
    """Write a setting into the settings file, or with None take it out; false where there is nothing to change.

    Raises `SettingNotChanged` for a name or a value that is not right, or that TOML cannot hold, and `FileError` for a file
    that cannot be written.
    """
    setting = named(name)
    if text is not None:
        try:
            setting.check(text)
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise SettingNotChanged(
                f"{name} was not set: {text!r} is not UTF-8, which a settings file has to be"
            ) from None
        except ValueError as error:
            raise SettingNotChanged(f"{name} was not set: {error}") from None
    old = small_files.read(places.config_file())
    try:
        source = (old.data or b"").decode("utf-8")
        new = edited(source, name, text)
    except (ValueError, ImportError) as error:  # what is no UTF-8 and no TOML are such
        raise SettingNotChanged(
            f"{small_files.shown(old.path)} was not changed, since it cannot be read: {error}"
        ) from error
    if new == source:
        return False
    folder = os.path.dirname(old.real)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError as error:
        raise small_files.FileError("make", folder, error.strerror or str(error)) from error
    small_files.replace(old, new.encode("utf-8"), mode=0o600)
    return True


def edited(source: str, name: str, text: str | None) -> str:
    r"""Return the text of a settings file with one setting changed, put in, or for None taken out.

    What comes out is parsed, and says the same of all others. Raises ValueError for a source that is no TOML, and
    `SettingNotChanged`.

    >>> edited('# mine\nbar = "on"   # at the bottom\n', "bar", "off")
    '# mine\nbar = "off"   # at the bottom\n'
    """
    table = settings_file.parse(source)
    if text is None and name not in table:
        return source
    wanted = {key: value for key, value in table.items() if key != name or text is not None}
    if text is not None:
        wanted[name] = text
    if wanted == table:
        return source
    line = None if text is None else f"{name} = {_quoted(text)}"
    for candidate in _replaced(source, name, line) if name in table else _added(source, line or ""):
        if _says(candidate, wanted):
            return candidate
    raise SettingNotChanged(
        f"{name} was not changed: it is written in a way that only its writer can change; edit the file"
    )


def _says(source: str, wanted: dict[str, object]) -> bool:
    try:
        return settings_file.parse(source) == wanted
    except ValueError:
        return False


def _replaced(source: str, name: str, line: str | None) -> Iterator[str]:
    """Yield what the file may be with `line` in the place of the lines of this key and its value."""
    lines = source.splitlines(keepends=True)
    key = re.compile(rf"[ \t]*(?:{name}|\"{name}\"|'{name}')[ \t]*=")
    for start in [number for number, each in enumerate(lines) if key.match(each)]:
        for end in range(start + 1, len(lines) + 1):
            whole = "".join(lines[start:end])
            try:
                value = settings_file.parse(whole)
            except ValueError:  # not to its end yet
                continue
            rest = _rest(whole, value)
            yield "".join([*lines[:start], "" if line is None else line + rest, *lines[end:]])
            break


def _rest(statement: str, value: dict[str, object]) -> str:
    """Return what stands behind the value: blanks, a comment, the line's end."""
    for at in [match.start() for match in re.finditer(r"\s*#|\s*\Z", statement)]:
        if _says(statement[:at], value):
            return statement[at:]
    return "\n"


def _added(source: str, line: str) -> Iterator[str]:
    """Yield what the file may be with a line more: at its end, else before a table, of which the end would be a part."""
    ending = "\r\n" if "\r\n" in source else "\n"
    yield source + ("" if not source or source.endswith("\n") else ending) + line + ending
    for table in re.finditer(r"(?m)^[ \t]*\[", source):
        yield source[: table.start()] + line + ending + source[table.start() :]


def _quoted(text: str) -> str:
    r"""Return a text as TOML writes it.

    >>> print(_quoted('a "b" \\ \t'))
    "a \"b\" \\ \t"
    """
    short = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(short.get(c) or (c if c.isprintable() else _escaped(c)) for c in text) + '"'


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"
