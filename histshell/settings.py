"""The settings: a TOML file, environment variables that win, and where each value comes from.

Nothing wrong in them is an error: a bad key or value is a line in `Settings.problems`, and ignored.

`tomllib` takes 12 ms to load, eight times what the whole start-up may cost, so what the file says is kept in
a flat cache beside its size and modification time. The cache holds text that is checked again when
read; it can be deleted at any time.
"""

import os

from . import places, prompt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Mapping

STYLES = {
    "none": "", "bold": "1", "dim": "2", "italic": "3", "underline": "4", "reverse": "7",
    "black": "30", "red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36",
    "white": "37",
    "bright-black": "90", "bright-red": "91", "bright-green": "92", "bright-yellow": "93", "bright-blue": "94",
    "bright-magenta": "95", "bright-cyan": "96", "bright-white": "97",
}  # fmt: skip


TRUE = "true"
"""What `prompt` says to have the numbered prompt in shells that have numbers of their own as well."""


class Setting:
    """One setting: its name in the file, its environment variable, its default, what it is for.

    `check` takes the text that was given and returns the text to keep; it raises ValueError, with a sentence
    that says what was expected.
    """

    __slots__ = ("check", "default", "doc", "env", "name")

    def __init__(self, name: "str", default: "str", check: "Callable[[str], str]", doc: "str") -> "None":
        self.name = name
        self.env = "HISTSHELL_" + name.upper()
        self.default = default
        self.check = check
        self.doc = doc


def check_template(text: "str") -> "str":
    """Return the template with a literal `h[{n}]` written as `{h}[{n}]`, so that a shadowed `h` shows.

    `true` is the usual one, asked for: shells that have numbers of their own show it too then.
    """
    if text.lower() == TRUE:
        return prompt.TEMPLATE
    if text.lower() == "false":
        raise ValueError(f"{text!r} is no template; without this setting each shell shows what it usually does")
    template = text.replace("{h}[{n}]", "h[{n}]").replace("h[{n}]", "{h}[{n}]")
    try:
        shown = template.format(h="h", n=1)
    except Exception as error:  # str.format raises half a dozen types, attribute errors among them
        raise ValueError(f"{text!r} is no template: only {{n}} and {{h}} can be filled in") from error
    if not shown or not shown.isprintable():
        raise ValueError(f"{text!r} must be one line of printable text")
    return template


def check_style(text: "str") -> "str":
    """Return the words of a style, lower case, such as `bold green`, a colour number from 0 to 255, or `none`."""
    words = text.lower().split()
    for word in words:
        if word not in STYLES and not (word.isascii() and word.isdigit() and int(word) < 256):
            raise ValueError(f"{word!r} is no style; a style is made of {', '.join(STYLES)} or a number from 0 to 255")
    return " ".join(words) or "none"


def check_encoding(text: "str") -> "str":
    """Return the name of a codec, or `bytes`, as the `encoding` of `pickle.loads` takes it."""
    try:
        b"".decode("ascii" if text == "bytes" else text)
    except (LookupError, ValueError) as error:
        raise ValueError(f"{text!r} is no encoding of Python's") from error
    return text


def check_completion(text: "str") -> "str":
    """Return one of the three words that say how much TAB does."""
    word = text.lower()
    if word not in ("off", "basic", "full"):
        raise ValueError(f"{text!r} must be off, basic or full")
    return word


def check_ui(text: "str") -> "str":
    """Return `plain` or `ptpython`: which prompt Python opens with."""
    word = text.lower()
    if word not in ("plain", "ptpython"):
        raise ValueError(f"{text!r} must be plain or ptpython")
    return word


def check_switch(text: "str") -> "str":
    """Return `on` or `off`."""
    word = {"true": "on", "false": "off"}.get(text.lower(), text.lower())
    if word not in ("on", "off"):
        raise ValueError(f"{text!r} must be on or off")
    return word


def check_integration(text: "str") -> "str":
    """Return one of the three words that say where the prompt is marked for the terminal."""
    word = text.lower()
    if word not in ("auto", "on", "off"):
        raise ValueError(f"{text!r} must be auto, on or off")
    return word


def sgr(style: "str") -> "str":
    """The parameters of the terminal's SGR sequence for a checked style: `bold green` is `1;32`, `none` is empty."""
    return ";".join(filter(None, [STYLES.get(word, "38;5;" + word) for word in style.split()]))


SETTINGS = (
    Setting("prompt", prompt.TEMPLATE, check_template, "the prompt; {n} is the number of the next result"),
    Setting("style", "bold magenta", check_style, "the prompt's colour, in a terminal that has colour"),
    Setting("completion", "full", check_completion, "what TAB does: full, basic (without jedi) or off (Python's own)"),
    Setting("ui", "plain", check_ui, "what python opens with: plain, its own prompt, or ptpython, the rich one"),
    Setting("bar", "on", check_switch, "the bar at the bottom of the rich prompt: on or off"),
    Setting("shell_integration", "auto", check_integration, "marks for the terminal: auto (if it is known), on or off"),
    Setting("encoding", "ASCII", check_encoding, "how the pickle mode decodes Python 2 strings; also `bytes`"),
)


class Settings:
    """The values in force: an attribute for each of `SETTINGS`, always good; what was wrong in `problems`."""

    prompt: "str"
    style: "str"
    completion: "str"
    ui: "str"
    bar: "str"
    shell_integration: "str"
    encoding: "str"

    def __init__(self) -> "None":
        self.problems: "list[str]" = []
        self._origins: "dict[str, str]" = {}
        self._texts: "dict[str, str]" = {}
        for setting in SETTINGS:
            setattr(self, setting.name, setting.default)

    def origin(self, name: "str") -> "str":
        """Where the value of `name` comes from: `default`, an environment variable, or `FILE:LINE`."""
        return self._origins.get(name, "default")

    def text(self, name: "str") -> "str":
        """The value of `name` as it was given, empty if it was not."""
        return self._texts.get(name, "")

    def give(self, name: "str", text: "str", origin: "str") -> "None":
        """Set one value from its text, or note what is wrong with it."""
        for setting in SETTINGS:
            if setting.name == name:
                try:
                    value = setting.check(text)
                except ValueError as error:
                    self.problems.append(f"{origin}: {name}: {error}")
                else:
                    setattr(self, name, value)
                    self._origins[name] = origin
                    self._texts[name] = text
                return
        self.problems.append(f"{origin}: there is no setting {name!r}")


def load(environ: "Mapping[str, str] | None" = None, path: "str | None" = None) -> "Settings":
    """Read the settings file at `path` (default: `places.config_file()`), then the environment. Raises nothing."""
    settings = Settings()
    path = path or places.config_file()
    try:
        status = os.stat(path)
    except OSError:
        pass  # no file is the usual case
    else:
        for name, line, text in _entries(path, f"{status.st_mtime_ns} {status.st_size} {path}", settings.problems):
            settings.give(name, text, f"{path}:{line}")
    environ = os.environ if environ is None else environ
    for setting in SETTINGS:
        given = environ.get(setting.env)
        if given:  # an empty variable is as good as none
            settings.give(setting.name, given, setting.env)
    return settings


def _entries(path: "str", stamp: "str", problems: "list[str]") -> "list[tuple[str, str, str]]":
    """What the file says, as (name, line, text), from the cache while its first line is `stamp`."""
    cache = os.path.join(places.cache_dir(), "settings")
    try:
        with open(cache, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().split("\n")
        if lines[0] == stamp and lines[-1] == "end":
            return [(row[0], row[1], row[2]) for row in [line.split("\t", 2) for line in lines[1:-1]]]
    except (OSError, ValueError, IndexError):
        pass  # no cache, or one cut short: read the file itself
    from . import settings_file

    return settings_file.read(path, stamp, cache, problems)
