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
        raise ValueError(f"{text!r} is no template; for Python's own prompt, set plain_prompt to on")
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


def check_tracebacks(text: "str") -> "str":
    """Return `folded`, `whole` or `python`: how the rich prompt shows what an input raises."""
    word = text.lower()
    if word not in ("folded", "whole", "python"):
        raise ValueError(f"{text!r} must be folded, whole or python")
    return word


def check_inputs(text: "str") -> "str":
    """Return `histshell` or `python`: whose inputs the arrow keys go through."""
    word = text.lower()
    if word not in ("histshell", "python"):
        raise ValueError(f"{text!r} must be histshell or python")
    return word


def check_display(text: "str") -> "str":
    """Return how values are shown: `python`, `pretty`, or `auto`."""
    word = text.lower()
    if word not in ("auto", "pretty", "python"):
        raise ValueError(f"{text!r} must be auto, pretty or python")
    return word


def check_switch(text: "str") -> "str":
    """Return `on` or `off`."""
    word = {"true": "on", "false": "off"}.get(text.lower(), text.lower())
    if word not in ("on", "off"):
        raise ValueError(f"{text!r} must be on or off")
    return word


def check_where(text: "str") -> "str":
    """Return one of the three words of a setting that has a rule of its own for where it holds."""
    word = {"true": "on", "false": "off"}.get(text.lower(), text.lower())
    if word not in ("auto", "on", "off"):
        raise ValueError(f"{text!r} must be auto, on or off")
    return word


def menu_choices(text: "str") -> "dict[str, str]":
    """Return what is chosen in the menu, as `Editing mode=Vi, Mouse support=on` says it. Raises ValueError for what does not."""
    chosen = {}
    for part in filter(str.strip, text.split(",")):
        title, equals, value = (word.strip() for word in part.partition("="))
        if not (title and equals and value and part.isprintable()):
            raise ValueError(f"{part.strip()!r} is no choice of the menu, such as Editing mode=Vi")
        chosen[title] = value
    return chosen


def check_menu(text: "str") -> "str":
    """Return the choices in the menu of the rich prompt, in one form; which there are, the menu knows."""
    return ", ".join(f"{title}={value}" for title, value in menu_choices(text).items())


def check_budget(text: "str") -> "str":
    """Return a number of bytes as digits, from `2 GB`, `500MB`, `1e9` or `4 GiB`; or `auto`."""
    if text.strip().lower() == "auto":
        return "auto"
    word = text.strip().lower().replace("_", "")
    number, unit = word.rstrip("bikmgt "), ""
    unit = word[len(number) :].strip().rstrip("b")
    factor = 1024 if unit.endswith("i") else 1000
    power = ("", "k", "m", "g", "t").index(unit.rstrip("i")) if unit.rstrip("i") in ("", "k", "m", "g", "t") else -1
    try:
        size = float(number) * factor**power
        if power < 0 or not 0 <= size < 1e18:
            raise ValueError
    except ValueError:
        raise ValueError(f"{text!r} must be auto, or a size such as 2 GB") from None
    return str(int(size))


def check_secrets(text: "str") -> "str":
    """Return names and patterns of secrets, a line each; they are given so, with blanks between, or as a list."""
    from .secret_patterns import lines

    return "\n".join(lines(text))


def check_values(text: "str") -> "str":
    """Return `plain` or `off`."""
    word = text.strip().lower()
    if word not in ("plain", "off"):
        raise ValueError(f"{text!r} must be plain or off")
    return word


def check_limit(text: "str") -> "str":
    """Return a number of bytes, at most a gigabyte, as digits."""
    word = text.strip().replace("_", "")
    if not (word.isascii() and word.isdigit() and len(word) <= 10 and int(word) <= 1 << 30):
        raise ValueError(f"{text!r} must be a number of bytes, at most 1073741824")
    return str(int(word))


def sgr(style: "str") -> "str":
    """Return the parameters of the terminal's SGR sequence for a checked style: `bold green` is `1;32`, `none` is empty."""
    return ";".join(filter(None, [STYLES.get(word, "38;5;" + word) for word in style.split()]))


SETTINGS = (
    Setting("prompt", prompt.DEFAULTS["prompt"], check_template, "the prompt; {n} is the number of the next result"),
    Setting(
        "plain_prompt",
        prompt.DEFAULTS["plain_prompt"],
        check_where,
        "Python's own >>> as the prompt: auto (if a program reads it), on or off",
    ),
    Setting("style", "bold magenta", check_style, "the prompt's colour, in a terminal that has colour"),
    Setting(
        "completion",
        prompt.DEFAULTS["completion"],
        check_completion,
        "what TAB does: full, basic (without jedi) or off (Python's own)",
    ),
    Setting("ui", "plain", check_ui, "what python opens with: plain, its own prompt, or ptpython, the rich one"),
    Setting(
        "display",
        prompt.DEFAULTS["display"],
        check_display,
        "how values are shown: pretty (over lines, within a screen), python, or auto (pretty in the rich prompt)",
    ),
    Setting("bar", "on", check_switch, "the bar at the bottom of the rich prompt: on or off"),
    Setting(
        "tracebacks",
        "folded",
        check_tracebacks,
        "tracebacks in the rich prompt: folded (frames of libraries in a line), whole, or python (as Python has them)",
    ),
    Setting("menu", "", check_menu, "what is chosen in the menu of the rich prompt, F2; F7 there writes it"),
    Setting(
        "shell_integration",
        prompt.DEFAULTS["shell_integration"],
        check_where,
        "marks for the terminal: auto (if it is known), on or off",
    ),
    Setting("budget", "auto", check_budget, "how much memory all results may hold: auto (a quarter of it) or 2 GB"),
    Setting("journal", "on", check_switch, "whether what you type is kept, for all sessions to come: on or off"),
    Setting(
        "input_history",
        "histshell",
        check_inputs,
        "what the arrow keys and Ctrl-R offer: histshell, the inputs of all sessions, or python, as Python has it",
    ),
    Setting("secrets", "", check_secrets, "what else is never kept: names that hold a secret, and patterns of secrets"),
    Setting(
        "values", "plain", check_values, "which results are saved by value: plain (numbers, texts, containers) or off"
    ),
    Setting("value_limit", "262144", check_limit, "how many bytes of a result are saved by themselves"),
    Setting("encoding", "ASCII", check_encoding, "how the pickle mode decodes Python 2 strings; also `bytes`"),
)


class Settings:
    """The values in force: an attribute for each of `SETTINGS`, always good; what was wrong in `problems`."""

    prompt: "str"
    plain_prompt: "str"
    style: "str"
    completion: "str"
    ui: "str"
    display: "str"
    bar: "str"
    tracebacks: "str"
    menu: "str"
    shell_integration: "str"
    budget: "str"
    journal: "str"
    input_history: "str"
    secrets: "str"
    values: "str"
    value_limit: "str"
    encoding: "str"

    def __init__(self) -> "None":
        self.problems: "list[str]" = []
        self._origins: "dict[str, str]" = {}
        self._texts: "dict[str, str]" = {}
        for setting in SETTINGS:
            setattr(self, setting.name, setting.default)

    def origin(self, name: "str") -> "str":
        """Return where the value of `name` comes from: `default`, an environment variable, or `FILE:LINE`."""
        return self._origins.get(name, "default")

    def text(self, name: "str") -> "str":
        """Return the value of `name` as it was given, empty if it was not."""
        return self._texts.get(name, "")

    def complain(self, text: "str") -> "None":
        """Note what is wrong, as it can be printed: names and values are somebody's writing."""
        from .preview import sentence  # hardly ever needed

        self.problems.append(sentence(text))

    def give(self, name: "str", text: "str", origin: "str") -> "None":
        """Set one value from its text, or note what is wrong with it."""
        for setting in SETTINGS:
            if setting.name == name:
                try:
                    value = setting.check(text)
                except ValueError as error:
                    self.complain(f"{origin}: {name}: {error}")
                else:
                    setattr(self, name, value)
                    self._origins[name] = origin
                    self._texts[name] = text
                return
        self.complain(f"{origin}: there is no setting {name!r}")


def load(environ: "Mapping[str, str] | None" = None, path: "str | None" = None) -> "Settings":
    """Read the settings file at `path` (default: `places.config_file()`), then the environment. Raises nothing."""
    settings = Settings()
    path = path or places.config_file()
    try:
        status = os.stat(path)
    except OSError:
        pass  # no file is the usual case
    else:
        for name, line, text in _entries(path, f"{status.st_mtime_ns} {status.st_size} {path}", settings.complain):
            settings.give(name, text, f"{path}:{line}")
    environ = os.environ if environ is None else environ
    for setting in SETTINGS:
        given = environ.get(setting.env)
        if given:  # an empty variable is as good as none
            settings.give(setting.name, given, setting.env)
    return settings


def _entries(path: "str", stamp: "str", complain: "Callable[[str], None]") -> "list[tuple[str, str, str]]":
    """Return what the file says, as (name, line, text), from the cache while its first line is `stamp`."""
    cache = os.path.join(places.cache_dir(), "settings")
    try:
        with open(cache, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().split("\n")
        if lines[0] == stamp and lines[-1] == "end":
            return [(row[0], row[1], row[2]) for row in [line.split("\t", 2) for line in lines[1:-1]]]
    except (OSError, ValueError, IndexError):
        pass  # no cache, or one cut short: read the file itself
    from . import settings_file

    return settings_file.read(path, stamp, cache, complain)
