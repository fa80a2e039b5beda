"""What is chosen in the menu of F2, kept by F7 in the settings file, and chosen again at the next start."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from histshell import places, settings, tracebacks
from histshell.errors import HistshellError
from histshell.preview import sentence

if TYPE_CHECKING:
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from .editor import Editor

_PASSING = frozenset(("Paste mode",))  # for a moment only


def bind(editor: Editor, kept: str) -> None:
    """Choose what was kept, and have F7 keep what is chosen then and otherwise than before."""
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

    before = _chosen(editor)
    _choose(editor, settings.menu_choices(kept))

    keys = KeyBindings()  # the editor's are not asked while the menu is open

    @keys.add("f7", filter=Condition(lambda: editor.show_sidebar))  # elsewhere it shows a traceback's frames
    def _(event: KeyPressEvent) -> None:
        editor.said = keep({title: value for title, value in _chosen(editor).items() if value != before.get(title)})
        event.app.invalidate()

    editor.app.key_bindings = merge_key_bindings([*filter(None, [editor.app.key_bindings]), keys])


def keep(chosen: dict[str, str]) -> str:
    """Write choices into the settings file; return what came of it, in a line."""
    from histshell import settings_edit

    try:
        settings_edit.keep("menu", ", ".join(f"{title}={value}" for title, value in chosen.items()) or None)
    except (HistshellError, OSError) as error:
        return str(error)
    count = len(chosen)
    return f"{count or 'no'} choice{'s' * (count != 1)} kept in {sentence(os.path.basename(places.config_file()), 40)}"


def _options(editor: Editor) -> dict[str, Any]:
    every = [option for category in editor.options for option in category.options]
    return {option.title: option for option in every if option.title not in _PASSING}


def _chosen(editor: Editor) -> dict[str, str]:
    return {title: str(option.get_current_value()) for title, option in _options(editor).items()}


def _choose(editor: Editor, kept: dict[str, str]) -> None:
    """Choose; what this menu does not have is told, in a line, and left out."""
    options = _options(editor) if kept else {}
    for title, value in kept.items():
        try:
            if title == "Code":  # asking for all its values finds every package's colours
                editor.use_code_colorscheme(value)
            else:
                options[title].get_values()[value]()
        except Exception:
            tracebacks.say(f"histshell: the menu has no {sentence(title)} = {sentence(value)}\n")
