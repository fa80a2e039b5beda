"""The rich prompt while jedi works: nothing waits for it, and its menu opens when the answer comes."""

from __future__ import annotations

from pathlib import Path

from .rich import start

#: A server that answers when a file is there, and says of itself that it is ready at once.
WAITING = """
import json, os, sys, time
print(json.dumps({"version": "0", "python": [3, 12]}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    if "id" in asked:
        while not os.path.exists("ANSWER"):
            time.sleep(0.01)
        print(json.dumps({"id": asked["id"], "names": [["alphabetic", "function", "def alphabetic()"]]}), flush=True)
"""

#: Has the prompt ask that server, and wait for an answer as long as it takes.
PREPARED = (
    "import sys; from histshell.completion import engine; from histshell.completion.inference import client",
    "from histshell.ui import completer; completer._LONGEST_WAIT = 10000.0",
    "engine._shared()._client = client.Client(sys.executable, '', '', server=SERVER, limit=10000.0)",
)


def test_jedi_that_is_late(tmp_path: Path) -> None:
    """Ctrl-C, Enter and further keys do not wait for it; when it has answered the menu opens, with no key pressed."""
    server, answer = tmp_path / "server.py", tmp_path / "answer"
    server.write_text(WAITING.replace("ANSWER", str(answer)))
    with start(tmp_path / "home", HISTSHELL_COMPLETION="full") as rich:
        for line in PREPARED:
            rich.enter(line.replace("SERVER", repr(str(server))))
        rich.begin("nothing().al")
        rich.abort()
        rich.begin("nothing().alp")
        rich.press("enter")
        rich.wait_for("NameError")
        rich.wait_for_prompt()
        rich.begin("nothing().alph")
        answer.write_text("")
        rich.wait_for(lambda: any("alphabetic(" in row for row in rich.screen()))
        rich.abort()
        assert rich.enter("'go' + 'es on'") == ["'goes on'"]
