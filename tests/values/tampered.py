"""Tampered journals and files of values: `python tampered.py FOLDER COUNT` prints what ran, and how much was still found."""

import json
import os
import pickle
import random
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from histshell.history import History
from histshell.placeholder import Placeholder
from histshell.values import all_sessions, past
from tests.values.journals import Written

FORBIDDEN = [
    "exec",
    "compile",
    "os.system",
    "subprocess.Popen",
    "os.exec",
    "os.spawn",
    "os.posix_spawn",
    "socket.connect",
    "ctypes.dlopen",
]


LIBRARY = os.path.dirname(os.__file__)  # a module of it that is imported by its name


class Runs:
    """Runs a command when it is loaded."""

    def __reduce__(self) -> tuple[object, ...]:
        return subprocess.check_output, (["touch", "/tmp/histshell-ran"],)


EVIL = [
    pickle.dumps(Runs(), 4),
    b"cos\nsystem\n(S'touch /tmp/histshell-ran'\ntR.",
    b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.",
    b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.",
    b"\x80\x02]r\xff\xff\xff\x7f.",
    b"\x8e" + b"\xff" * 8,
    b"K\x01" + b"2\x86" * 45 + b"}(" + b"K\x01s.",
]


def main(folder: str, count: int) -> None:
    """Damage a session so many times, and look at all of it each time."""
    good = Written(Path(folder), "20261120-090000-aa", 1.7e9)
    for number in range(12):
        good.result(f"result {number}", [number, "text" * number, {"a": (1.5, None)}])
    journal, values = good.path.read_bytes(), good.values.read_bytes()
    dice, ran, found, armed = random.Random(4), [], 0, [False]

    def audit(event: str, arguments: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        library = event == "exec" and "<code object <module>" in repr(arguments) and LIBRARY in repr(arguments)
        if armed[0] and (event in FORBIDDEN or writes) and not library:
            ran.append((event, repr(arguments)[:100]))

    history = History()
    list(history.past[-1])  # what all this imports is imported now
    repr((history.past, History().resume(), history.past[-1].show()))
    sys.addaudithook(audit)
    for _ in range(count):
        lines = journal.splitlines(keepends=True)
        data = bytearray(values)
        which = dice.randrange(6)
        if which == 0:
            for _ in range(dice.randrange(1, 20)):
                data[dice.randrange(len(data))] = dice.randrange(256)
        elif which == 1:
            del data[dice.randrange(len(data)) :]
        elif which == 2:
            evil = dice.choice(EVIL)
            at = dice.randrange(len(data))
            data[at : at + len(evil)] = evil
        elif which == 3:
            index = dice.randrange(1, len(lines))
            record = json.loads(lines[index])
            for row in record.get("results", ()):
                row["at"] = dice.choice((0, 1, -1, 10**6, 2**63, 2**70, "0", None))
                row["size"] = dice.choice((0, 1, 10**5, 2**40, 2**70, -1))
                row["n"] = dice.choice((row["n"], 0, -5, 10**12, "1"))
            lines[index] = json.dumps(record).encode() + b"\n"
        elif which == 4:
            spot = bytearray(b"".join(lines))
            for _ in range(dice.randrange(1, 10)):
                spot[dice.randrange(len(spot))] = dice.randrange(256)
            lines = bytes(spot).splitlines(keepends=True)
        else:
            dice.shuffle(lines)
        good.path.write_bytes(b"".join(lines))
        good.values.write_bytes(data)
        all_sessions.forget()
        armed[0] = True
        try:
            for before in history.past.all:
                found += sum(type(value) is not Placeholder for value in before)
                repr(before.show())
                fresh = History()
                before._history = fresh
                before.resume()
            repr(history.past)
        except past.NoSuchSession:
            pass
        finally:
            armed[0] = False
    print(json.dumps({"ran": ran, "found": found, "touched": os.path.exists("/tmp/histshell-ran")}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
