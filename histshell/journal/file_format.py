"""What a journal says, as values: a session, its inputs, their results.

A file is lines of JSON, each an object with `kind` and `seq`, its number in the session, from 0:

- `session` begins one, and says `v` (the format's version), `id`, `when`, `host`, `user`, `pid`, `python`, `implementation`,
  `executable`, `venv`, `shell`, `cwd`, `author`, `boot`; `imported` where it comes from another program's history (which one), and
  then `origin` (its path). A file of imports has many; there a session that a later import has more of begins again, with the
  same `id`, and its numbers are made from the history: they have gaps, and 1 is that of the goodbye.
- `input` is written when an input is accepted: `when`, `source`; `cwd` where it is not that of the record before; `language`
  where it is not Python's (`pik`).
- `outcome`, when it is over: `of` (the input's `seq`), `seconds`, `results` (the first 1,000), `error` (type and message) if it
  failed.
  `void` is true where it turned out that there had been no such input: readline does not tell an empty line from one like that
  before it, nor a line that Ctrl-C gave up from one that runs.
- `whole` is both in one, where the shell shows an input only afterwards.
- `value` says where a result's value lies in the file of values: `n`, `at`, `size`, in bytes.
- `resumed` says that the session goes on with the results of another, `session`, which keep their numbers. Where it did so before
  its first input, the first record has its id as `resumed`.
- `goodbye` ends a session that was left as it should be.

A result is `{"n": 3, "type": "builtins.int", "preview": "42"}`, with `bytes` (its size, where that was cheap to know), and `at` and
`size` where its value was saved. `masked` is true in a record in which a secret was masked.

What was forgotten is in notes beside the journals, by session and `seq`; `forgetting` says how.

Times are seconds since the epoch, UTC. A reader skips kinds and fields that it does not know, lines that are no JSON, and a last
line without its end. Of two records with one `seq` the first counts.
"""

from __future__ import annotations

from typing import List, NamedTuple, Tuple

VERSION = 1


class Session(NamedTuple):
    """A session as its first record describes it. Texts are empty where it does not say."""

    id: str
    path: str
    when: float
    host: str = ""
    user: str = ""
    pid: int = 0
    python: str = ""
    implementation: str = ""
    venv: str = ""
    shell: str = ""
    cwd: str = ""
    author: str = ""
    boot: str = ""
    imported: str = ""
    executable: str = ""


class Result(NamedTuple):
    """One numbered result of an input; `value` is offset and length in the file of values, in bytes."""

    number: int
    type: str = ""
    preview: str = ""
    bytes: int | None = None
    value: Tuple[int, int] | None = None


class Input(NamedTuple):
    """One input. `outcome` is `ok`, `failed`, or empty where no record says how it ended; then `seconds` is None."""

    session: Session
    seq: int
    when: float
    source: str
    cwd: str = ""
    language: str = ""
    outcome: str = ""
    seconds: float | None = None
    error: Tuple[str, str] | None = None
    results: Tuple[Result, ...] = ()
    masked: bool = False


class SessionLog(NamedTuple):
    """All that is known of a session. `last` is the time of its last record; `left` is whether it said goodbye.

    `resumed` has the ids of the sessions that it goes on with.
    """

    session: Session
    inputs: List[Input]
    last: float
    left: bool
    resumed: Tuple[str, ...] = ()
