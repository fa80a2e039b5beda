"""`histshell.pik.open`: a file as an object, whatever it is packed in: its tree, its names, single items, and all of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Iterable, Iterator, Sequence

from histshell.pik import files, raw_arrays
from histshell.pik.errors import PikError, blend
from histshell.pik.part import Part
from histshell.pik.policy.policy import SAFE, Trust, policy_of
from histshell.pik.progress import Progress
from histshell.pik.tree.names import Name
from histshell.pik.tree.reading import Within, read
from histshell.pik.tree.tree_maker import TreeMaker
from histshell.preview import sentence

if TYPE_CHECKING:
    from types import TracebackType

    from histshell.pik.files.model import File, Member
    from histshell.pik.tree.shown import Shown

_LEGACY = "PyTorch checkpoint (legacy)"


def open(what: Any, *, limit: int | None = None) -> Opened:  # noqa: A001  # what it is called as: pik.open
    """Open a path, bytes, or a binary file object; close it by a ``with`` statement, or let go of it.

    *limit* is how many bytes may be unpacked. Nothing is run, and nothing is read but the header until more is asked for. Raises
    `PikError` where it cannot be read, which is also of the type that Python's `open` raises: `FileNotFoundError`, `TypeError` …
    and names the file, as that does.
    """
    try:
        return Opened(files.open(what, limit=limit), limit)
    except PikError as error:
        name = _name(what)
        if name is not None:
            error.problem = f"{sentence(name, 200) or repr('')}: {error.problem or error}"
            if isinstance(error, OSError):
                error.filename = what
        raise


def _name(what: Any) -> str | None:
    """Give the path that was given, None where it is none."""
    try:
        return os.fsdecode(what) if isinstance(what, (str, os.PathLike)) else None
    except Exception:  # a `__fspath__` may raise anything
        return None


class Value:
    """One value of a file: `load` loads it, ``value[key]`` goes down to an item of it, `tree` draws it."""

    def __init__(self, opened: Opened, member: Member) -> None:
        """Stand for the value that *member* holds."""
        self._opened = opened
        self._member = member
        self._part: Any = None

    @property
    def name(self) -> str:
        """Its name in the file, empty where the file is nothing else."""
        return self._member.name

    def __repr__(self) -> str:
        """Say what it is, in a line."""
        name = sentence(self.name, 60)
        return f"<{self._member.kind} {name}>" if name else f"<{self._member.kind}>"

    def load(self, trust: Trust = SAFE, *, encoding: str = "ASCII", **options: Any) -> Any:
        """Load it as `histshell.pik.loads` does, with the arrays and storages that lie beside it in the file."""
        member = self._opened.check(self._member)
        if self.is_array:
            return self._array()
        with Progress():
            return raw_arrays.load(
                member, self._opened.parts, {"trust": policy_of(trust), "encoding": encoding, **options}
            )

    @property
    def is_array(self) -> bool:
        """Whether it is an array and no pickle."""
        return self._member.kind == "array"

    def given(self) -> Any:
        """Give it as it is, where it is plain or an array that numpy can make; else a `Part`."""
        return self._top().value

    def _array(self) -> Any:
        """Give the array of a member that is nothing else."""
        found = self._top().value
        if isinstance(found, Part):
            raise PikError("it is an array, which needs numpy; this Python does not have it, or has no such dtype")
        return found

    def _top(self) -> Part:
        """Read it, once, with nothing built that is not plain."""
        if self._part is None:
            member = self._opened.check(self._member)
            if member.kind == "array":
                self._part = Part.of_array(member)
            else:
                with Progress():
                    found = read(member.data())
                if found.error is not None:
                    raise found.error
                arrays = {id(thing): hole.array for thing, hole in zip(found.arrays, member.holes)}
                maker = TreeMaker(member, arrays)
                maker.unpack = Within()
                self._part = Part(found.value, maker, self._opened.check)
                self._part.read = found
        return self._part  # type: ignore[no-any-return]

    def __getitem__(self, key: Any) -> Any:
        """Give the item at *key*: plain data as it is, an array as numpy's, anything else as a `Part`."""
        return self._top()[key]

    def keys(self) -> list[Any]:
        """Give the keys, where it has such."""
        return self._top().keys()

    def __len__(self) -> int:
        """Give the number of its items."""
        return len(self._top())

    def __iter__(self) -> Iterator[Any]:
        """Go through its keys, or through the items of a list."""
        return iter(self._top())

    def tree(self) -> str:
        """Give its tree as text."""
        return self._top().tree()


class Opened:
    """A file that was opened. Its attributes are these alone; items of the value are reached by ``file[key]``.

    ``kind`` says in words what it is, ``names`` are the names that it asks for, ``values`` its values, in their order.
    ``file[key]`` is an item of the value, or, where there are several, the value of that name or number.
    """

    def __init__(self, file: File, limit: int | None = None) -> None:
        """Take a file whose header was looked at; *limit* is how many bytes may be unpacked."""
        self._file = file
        self._limit = limit
        self._values: list[Value] | None = None
        self._names: list[Name] | None = None
        self._closed = False
        self.parts: dict[str, Member] = {}

    @property
    def path(self) -> str:
        """Its path; empty where it was opened from something else."""
        return self._file.path

    @property
    def kind(self) -> str:
        """What it is, in words, containers outermost first: ``gzip > pickle``."""
        return self._file.kind

    @property
    def names(self) -> list[Name]:
        """All names that it asks for, each with how often and what is known of it."""
        if self._names is None:
            from histshell.pik.tree.report import Report, Wish

            self.check()
            self._names = Report(self._file, Wish(everything=True)).names
        return self._names

    @property
    def values(self) -> Sequence[Value]:
        """Its values, in their order; arrays that are part of another are not among them."""
        if self._values is None:
            self.check()
            members = [member for member in _singly(self._file.members) if member.kind in ("pickle", "array")]
            if self.kind.endswith(_LEGACY):  # the other streams of one say how it is laid out
                members = members[:1]
            inner = {hole.pickle for member in members for hole in member.holes if hole.pickle}
            self.parts = {member.name: member for member in members if member.name in inner}
            self._values = [Value(self, member) for member in members if member.name not in inner]
        return self._values

    def check(self, member: Any = None) -> Any:
        """Raise where the file was closed; else give *member* back."""
        if self._closed:
            raise blend(ValueError)(f"{self._title()} is closed: open it again to read more of it")
        return member

    def _title(self) -> str:
        """Name it, as it can be printed."""
        return sentence(os.path.basename(self.path), 80) or "the file"

    def _only(self) -> Value:
        """Give the one value; raise where there is none, or several."""
        values = self.values
        if not values:
            raise PikError(f"{self._title()} is {self.kind}, and there is no value in it")
        if len(values) > 1:
            raise PikError(f"{self._title()} has {len(values)} values: take one by its name or number, file.values[0]")
        return values[0]

    def __getitem__(self, key: Any) -> Any:
        """Give an item of the value; of several values the one of that name or number."""
        values = self.values
        if len(values) == 1 and not (values[0].name and key == values[0].name):
            return self._only()[key]
        if type(key) is int and -len(values) <= key < len(values):
            return _given(values[key])
        for value in values:
            if key in (value.name, value.name[:-4] if value.name.endswith(".npy") else value.name):
                return _given(value)
        names = ", ".join(sentence(value.name, 40) for value in values[:10])
        raise KeyError(
            f"{key!r:.80}: {self._title()} has {len(values)} values: {names}{', …' if len(values) > 10 else ''}"
        )

    def keys(self) -> list[Any]:
        """Give the keys that ``file[key]`` takes."""
        values = self.values
        if len(values) == 1 and not values[0].name.endswith(".npy"):
            return values[0].keys()
        if values and not values[0].name:  # one after another, without names
            return list(range(len(values)))
        return [value.name[:-4] if value.name.endswith(".npy") else value.name for value in values]

    def __len__(self) -> int:
        """Give the number of its values, or of the items of the only one."""
        return len(self.keys())

    def __iter__(self) -> Iterator[Any]:
        """Go through the keys."""
        return iter(self.keys())

    def tree(self, **options: Any) -> Shown:
        """Give what `histshell pik` prints of it: ``depth=2``, ``path="['a'][0]"``, ``everything=True`` say how much."""
        from histshell.pik.tree.shown import look

        self.check()
        return look(self.path or self._file.again, self._limit, **options)

    def load(self, trust: Trust = SAFE, **options: Any) -> Any:
        """Load its value, with the names in *trust* and no others; of several values a dict by their names, or a list.

        *options* are those of `histshell.pik.loads`; several values take their ``buffers`` one after another.
        """
        values = self.values
        policy = policy_of(trust)
        if len(values) == 1 and not values[0].name.endswith(".npy"):
            return values[0].load(policy, **options)
        if not values:
            self._only()
        if options.get("buffers") is not None:
            options["buffers"] = iter(options["buffers"])
        loaded = [value.load(policy, **options) for value in values]
        return loaded if not values[0].name else dict(zip(self.keys(), loaded))

    def close(self) -> None:
        """Close the file; what was read of it stays."""
        self._closed = True
        self._file.close()

    def __enter__(self) -> Opened:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def __repr__(self) -> str:
        """Say what it is, in a line."""
        closed = ", closed" if self._closed else ""
        return f"<{self._title()}: {self.kind}, {self._file.size:,} bytes{closed}>"


def _singly(members: Iterable[Member]) -> Iterator[Member]:
    """Give each member, those of a run one by one."""
    for member in members:
        if member.run is not None:
            yield from member.run.members()
        else:
            yield member


def _given(value: Value) -> Any:
    """Give an array as it is, and any other value as one that can be gone into."""
    return value.given() if value.is_array else value
