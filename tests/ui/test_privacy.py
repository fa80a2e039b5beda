"""What the rich prompt does not keep: inputs that begin with a space, pauses, secrets, what is forgotten at once."""

from __future__ import annotations

from pathlib import Path

from tests.journal import made_up
from tests.journal.written import holds
from tests.ui.rich import start


def test_what_is_not_to_be_kept_is_in_no_file(tmp_path: Path) -> None:
    """Neither in the journal nor in the file of its inputs; what is forgotten is gone from both, and from the arrow keys."""
    home = tmp_path / "home"
    token = dict(made_up.tokens())["github"]
    with start(home) as rich:
        rich.enter("first = 1")
        rich.enter("'plum' + 'tree'")
        assert rich.enter("h.forget(1)") == ["forgot result 1: its record, the value, what the line editor had of it"]
        assert rich.enter(" 'apri' + 'cot'") == ["'apricot'"]
        rich.enter(f"print('{token}')")
        rich.enter("h.pause()")
        rich.enter("'cher' + 'ry'")
        rich.enter("h.pause(False)")
        rich.enter("last = 1")
        rich.press(*["up"] * 9)
        assert not any("plum" in row for row in rich.screen()[-3:])
    kept = [home / ".local" / "state", home / ".local" / "share"]
    assert holds(kept[0], "first = 1")
    assert holds(kept[0], "last = 1")
    for gone in ("plum' +", "plumtree", "apri", "cher", token[:12], token[-8:]):
        assert not any(holds(folder, gone) for folder in kept), gone
