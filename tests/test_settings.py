"""The settings file, the environment, and the flat cache between them and the prompt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from histshell import places, settings, settings_edit, settings_file
from histshell.setup.small_files import FileError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own."""
    for name in list(os.environ):
        if name.startswith(("HISTSHELL", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".config" / "histshell").mkdir(parents=True)
    return tmp_path


def write(home: Path, text: str) -> Path:
    """Write the settings file."""
    file = home / ".config" / "histshell" / "config.toml"
    file.write_text(text)
    return file


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("variables", [{}, {"XDG_CONFIG_HOME": "/a", "XDG_DATA_HOME": "/b", "XDG_CACHE_HOME": "/c"}])
def test_the_places_are_those_of_platformdirs(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    """Restated because its import is too dear, so compared."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert places.config_file() == os.path.join(platformdirs.user_config_dir("histshell", False), "config.toml")
    assert places.data_dir() == platformdirs.user_data_dir("histshell", False)
    assert places.cache_dir() == platformdirs.user_cache_dir("histshell", False)


@pytest.mark.usefixtures("home")
def test_the_file_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """HISTSHELL_CONFIG wins over the platform's place."""
    monkeypatch.setenv("HISTSHELL_CONFIG", "/somewhere/else.toml")
    assert places.config_file() == "/somewhere/else.toml"


@pytest.mark.usefixtures("home")
def test_defaults() -> None:
    """Without a file and without variables."""
    found = settings.load()
    assert (found.prompt, found.style, found.problems) == ("{h}[{n}] >>> ", "bold magenta", [])
    assert found.origin("prompt") == "default"


@pytest.mark.parametrize("text", ["true", '"true"', '"True"'])
def test_true_is_the_usual_prompt_asked_for(home: Path, text: str) -> None:
    """The template is the usual one, and what was given can be told from it; from the cache as well."""
    file = write(home, f"prompt = {text}\n")
    for _ in range(2):
        found = settings.load()
        assert (found.prompt, found.origin("prompt"), found.problems) == ("{h}[{n}] >>> ", f"{file}:1", [])
        assert found.text("prompt").lower() == settings.TRUE
        assert found.text("style") == ""


def test_false_is_no_prompt(home: Path) -> None:
    """One line says so, and the prompt is the usual one."""
    write(home, "prompt = false\n")
    found = settings.load()
    assert (found.prompt, found.origin("prompt"), found.text("prompt")) == ("{h}[{n}] >>> ", "default", "")
    assert "'false' is no template" in found.problems[0]
    assert "set plain_prompt to on" in found.problems[0]


@pytest.mark.parametrize(("text", "word"), [("true", "on"), ("false", "off"), ('"On"', "on"), ('"auto"', "auto")])
def test_the_plain_prompt_is_a_switch_of_three_words(home: Path, text: str, word: str) -> None:
    """What TOML has for yes and no is understood as well."""
    write(home, f"plain_prompt = {text}\n")
    found = settings.load()
    assert (found.plain_prompt, found.problems) == (word, [])


def test_the_environment_wins_over_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And each value says where it comes from, the same from the cache."""
    file = write(home, '# mine\nprompt = "<{n}> "\n\nstyle = "Green  bold"\n')
    monkeypatch.setenv("HISTSHELL_PROMPT", "h[{n}] > ")
    for _ in range(2):
        found = settings.load()
        assert (found.prompt, found.style) == ("{h}[{n}] > ", "green bold")
        assert (found.origin("prompt"), found.origin("style")) == ("HISTSHELL_PROMPT", f"{file}:4")
        assert found.problems == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('\npromt = "x"', ":2: there is no setting 'promt'"),
        ('[prompt]\ntext = "x"', ":1: prompt: \"{'text': 'x'}\" is no template"),
        ("prompt = 3\nstyle = true", ":2: style: 'true' is no style"),
        ('style = "pink"', ":1: style: 'pink' is no style; a style is made of none, bold"),
        ('prompt = "{x}"', ":1: prompt: '{x}' is no template"),
        ('prompt = "{n"', ":1: prompt: '{n' is no template"),
        ('prompt = "a\\u001bb"', ":1: prompt: 'a\\x1bb' must be one line of printable text"),
        ('prompt = ""', ":1: prompt: '' must be one line"),
        ("\nprompt = ", ":2: Invalid value"),
        ("\n\nstyle = [,\n]", ":3: Invalid value"),
        ("\xff", ": 'utf-8' codec can't decode"),
    ],
)
def test_what_is_wrong_is_named_and_ignored(home: Path, text: str, problem: str) -> None:
    """With the file and the line, and again at the next start."""
    file = write(home, "")
    file.write_bytes(text.encode("latin-1"))
    for _ in range(2):
        found = settings.load()
        assert len(found.problems) == 1
        assert found.problems[0].startswith(f"{file}{problem}")
        assert found.style == "bold magenta"


@pytest.mark.parametrize("value", ["{n", "{0}", "{n.real.x}", "{n!x}", "a\nb", "\033[31m{n}", "{n:zz}", "}"])
def test_a_bad_template_is_refused(value: str) -> None:
    """Everything that str.format raises is a ValueError here."""
    with pytest.raises(ValueError, match=r"template|printable"):
        settings.check_template(value)


def test_a_style_is_words_and_numbers() -> None:
    """The words of a style become parameters of SGR."""
    assert settings.sgr(settings.check_style("Bold  Green")) == "1;32"
    assert settings.sgr(settings.check_style("208")) == "38;5;208"
    assert settings.sgr(settings.check_style("none")) == settings.sgr(settings.check_style("")) == ""
    for bad in ("256", "-1", "bold;31", "²"):
        with pytest.raises(ValueError, match="is no style"):
            settings.check_style(bad)


def test_the_cache_spares_the_parser(home: Path) -> None:
    """Once read, the file is not parsed again until it changes; the cache is this user's alone."""
    file = write(home, 'prompt = "a{n} "')
    settings.load()
    cache = home / ".cache" / "histshell" / "settings"
    assert cache.stat().st_mode & 0o777 == 0o600
    program = (
        "import sys\n"
        "from histshell import settings\n"
        "loaded = lambda: sys.modules['histshell.libraries'].TABLE\n"
        "print(settings.load().prompt, 'tomllib' in loaded() or 'tomli' in loaded())"
    )

    def fresh() -> str:
        return subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True
        ).stdout.strip()

    assert fresh() == "a{n}  False"
    file.write_text('prompt = "longer {n} "')
    assert fresh() == "longer {n}  True"
    assert fresh() == "longer {n}  False"
    for damage in (b"", b"\0\xff", cache.read_bytes()[:-5], cache.read_bytes().replace(b"\t", b" ")):
        cache.write_bytes(damage)
        assert fresh() == "longer {n}  True"


def test_a_cache_that_cannot_be_written_only_costs_time(home: Path) -> None:
    """A file stands where the folder should be."""
    write(home, 'prompt = "a{n} "')
    (home / ".cache").write_text("")
    assert settings.load().prompt == "a{n} "
    assert [path.name for path in home.iterdir()] == [".config", ".cache"] or (home / ".cache").is_file()


def test_an_unreadable_file_is_named(home: Path) -> None:
    """A folder in the file's place stands for whatever the system refuses."""
    folder = home / ".config" / "histshell" / "config.toml"
    folder.mkdir()
    assert settings.load().problems == [f"{folder}: cannot be read: Is a directory"]


WRITTEN = """\
# what I like
style = 'bold green'   # not "red"

secrets = [  # two
  "a_pin",   # of the bank
  "b_pin",
]
"prompt" = '''
{h}[{n}] > '''
# the end"""


@pytest.mark.parametrize(
    ("name", "value", "old", "new"),
    [
        ("style", "red", "'bold green'", '"red"'),
        ("secrets", "c_pin", WRITTEN[WRITTEN.index("secrets") : WRITTEN.index('"prompt"')], 'secrets = "c_pin"\n'),
        (
            "prompt",
            'é\t"{n}\\ ',
            WRITTEN[WRITTEN.index('"prompt"') : WRITTEN.index("# the end")],
            'prompt = "é\\t\\"{n}\\\\ "\n',
        ),
        ("bar", "off", "# the end", '# the end\nbar = "off"\n'),
        ("style", None, "style = 'bold green'   # not \"red\"\n", ""),
        ("ui", None, "", ""),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_setting_is_changed_and_nothing_else(name: str, value: str | None, old: str, new: str, ending: str) -> None:
    """Comments, order, other settings and the ends of lines stay as they are."""
    source = WRITTEN.replace("\n", ending)
    made = settings_edit.edited(source, name, value)
    assert made == WRITTEN.replace(old, new, 1).replace("\n", ending)
    assert settings_file.parse(made).get(name) == value


def test_what_is_written_otherwise_is_left_to_its_writer() -> None:
    """A new setting comes before the tables; what a change would spoil is not changed."""
    assert settings_edit.edited("[more]\nx = 1\n", "bar", "on") == 'bar = "on"\n[more]\nx = 1\n'
    with pytest.raises(settings_edit.SettingNotChanged, match="only its writer"):
        settings_edit.edited("style.x = 1\n", "style", "red")
    with pytest.raises(ValueError, match="Invalid"):
        settings_edit.edited("style = \n", "style", "red")
    with pytest.raises(ValueError, match="nested"):
        settings_edit.edited(f"x = {'[' * 9999}{']' * 9999}\n", "style", "red")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("stlye", "red", "did you mean style"),
        ("nonsense", "red", "'histshell config' lists them"),
        ("style", "pink", "no style"),
        ("prompt", "a\nb", "printable"),
        ("secrets", "(a+)+", "secrets was not set"),
    ],
)
def test_what_cannot_be_kept_is_refused(home: Path, name: str, value: str, said: str) -> None:
    """In a sentence, and the file is as it was."""
    with pytest.raises(settings_edit.SettingNotChanged, match=said):
        settings_edit.keep(name, value)
    file = home / ".config" / "histshell" / "config.toml"
    assert not file.exists()
    assert settings_edit.keep("style", "red")
    assert not settings_edit.keep("style", "red")
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("style = [")
    with pytest.raises(settings_edit.SettingNotChanged, match="cannot be read"):
        settings_edit.keep("style", "red")
    assert file.read_text() == "style = ["


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a sentence."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("HISTSHELL_CONFIG", str(tmp_path / "file" / "folder" / "config.toml"))
    with pytest.raises(FileError, match="folder"):
        settings_edit.keep("style", "red")
