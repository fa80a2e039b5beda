"""Two inputs of one terminal, of which one goes on where the other has ended."""

from __future__ import annotations

import os
import sys

import pytest

pytest.importorskip("prompt_toolkit")
if sys.platform == "win32":
    pytest.skip("keys come whole there", allow_module_level=True)

from prompt_toolkit.input.vt100 import Vt100Input

from histshell.ui.browsing import take_over


@pytest.mark.parametrize(
    ("first", "rest", "keys"),
    [
        (b"ab\x1b[", b"DX", ["a", "b", "left", "X"]),
        (b"a\x1b", b"[DX", ["a", "left", "X"]),
        (b"\x1b[200~pas", b"ted\x1b[201~X", ["<bracketed-paste>", "X"]),
        ("é".encode()[:1], "é".encode()[1:], ["é"]),
    ],
)
def test_the_rest_of_a_key_belongs_to_it(first: bytes, rest: bytes, keys: list[str]) -> None:
    """An arrow, what is pasted, a letter of two bytes: each once, whichever input has read its beginning."""
    keyboard, terminal = os.openpty()
    with open(keyboard, "wb", buffering=0) as typed, open(terminal) as stream:
        own, other = Vt100Input(stream), Vt100Input(stream)
        with other.raw_mode():
            typed.write(first)
            found = other.read_keys()
            take_over(own, other)
            typed.write(rest)
            found += own.read_keys()
    assert [getattr(one.key, "value", one.key) for one in found] == keys
