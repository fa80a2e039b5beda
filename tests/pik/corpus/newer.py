"""Files of Pythons after 3.13, with what only these have; `sys.argv[2]` stands before the names."""

# mypy: ignore-errors

import collections
import datetime
import functools
import operator
import pathlib
import re
import sys
import types
import uuid

import kit
from kit import pickled


def _values():
    import shop

    made = {
        "path": pathlib.Path("/a/b"), "pure": pathlib.PurePosixPath("x/y"), "pattern": re.compile("a+", re.I), "ellipsis": ...,
        "part": functools.partial(int, base=2), "getter": operator.itemgetter(1), "space": types.SimpleNamespace(a=1),
        "counts": collections.Counter("aab"), "color": shop.Color.GREEN, "item": shop.Item("cup", 2.5, ["red"]), "error": ValueError("x"),
        "missing": FileNotFoundError(2, "no such file"), "moment": datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc),
        "id": uuid.uuid7() if hasattr(uuid, "uuid7") else None, "generic": list[int],
    }  # fmt: skip
    if sys.version_info >= (3, 14):
        from string.templatelib import Interpolation

        made["interpolation"] = Interpolation(1, "x")
        made["gaps"] = functools.partial(int, functools.Placeholder, 2)
    if sys.version_info >= (3, 15):
        made["frozen"] = frozendict(a=1)
    return made


pickled(f"{sys.argv[2]}library.pkl", 5)(_values)


if __name__ == "__main__":
    kit.main()
