"""Drives a Jupyter kernel: reads requests from standard input, a line of JSON each, and writes what came of each.

A request is `[code, [answer …]]`, the answers being those to the `input()` calls of the code; the reply is
`[[line shown …], whether the kernel lives]`. Runs under the Python of the matrix, so it imports nothing of the tests.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from jupyter_client.manager import start_new_kernel

SECONDS = 20


def main() -> None:
    """Answer requests until there are no more."""
    manager, client = start_new_kernel(kernel_name="python3")
    print("ready", flush=True)
    for line in sys.stdin:
        code, answers = json.loads(line)
        shown: list[str] = []

        def said(message: dict[str, Any], shown: list[str] = shown) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                shown.append(content["text"])
            elif message["msg_type"] in ("execute_result", "display_data"):
                shown.append(content["data"]["text/plain"] + "\n")
            elif message["msg_type"] == "error":
                shown.append(f"{content['ename']}: {content['evalue']}\n")

        def asked(message: dict[str, Any], shown: list[str] = shown, answers: list[str] = answers) -> None:
            shown.append(message["content"]["prompt"] + "\n")
            client.input(answers.pop(0))

        try:
            client.execute_interactive(code, output_hook=said, allow_stdin=True, stdin_hook=asked, timeout=SECONDS)
        except (RuntimeError, TimeoutError) as error:
            shown.append(f"{type(error).__name__}: {error}")
        print(json.dumps(["".join(shown).splitlines(), manager.is_alive()]), flush=True)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


main()
