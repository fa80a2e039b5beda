"""A stream is read by the safe machine for its tree: the value as far as it goes, and what the stream asks for."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Mapping

from histshell.pik.beginnings import NOTHING_CUT, Beginnings, Keep
from histshell.pik.budget import Budget
from histshell.pik.collector import resting
from histshell.pik.errors import PikError
from histshell.pik.fast import BIGGEST, SMALLEST, load_cut, load_first, may_be_cut
from histshell.pik.fast_pages import Pages
from histshell.pik.limits import Limits
from histshell.pik.machine import Machine
from histshell.pik.opcodes import FRAME
from histshell.pik.placeholders import Effect, Placeholder, Seen
from histshell.pik.policy.checks import Rule
from histshell.pik.policy.closed_gate import ClosedGate
from histshell.pik.policy.policy import SAFE, Policy
from histshell.pik.tree import dtypes
from histshell.pik.tree.buffers import Buffers, is_buffer
from histshell.pik.tree.model import Node
from histshell.pik.tree.placed import made
from histshell.pik.tree.tree_maker import TreeMaker
from histshell.pik.tree.unfinished import Unfinished
from histshell.preview import Kinds, quoted

if TYPE_CHECKING:
    from histshell.pik.effects import Effects
    from histshell.pik.files.model import Member
    from histshell.pik.machine import Machine
    from histshell.pik.policy.open_gate import Terms

_KEPT = Kinds(OrderedDict, defaultdict, Counter)
_DTYPES = 1_000  # that are looked at
_STATE = 200  # bytes charged for keeping a state
_SETTERS = ("_function_setstate", "_class_setstate", "setattr", "_rehydrate_skeleton_class")
#: Opcodes that do nothing, as long as FRAME with its argument: a number and four Nones, each taken off again.
_NOTHING = b"K\x000N0N0N0"
_ARRAYS = ("NumpyArrayWrapper",)
_OLD = "latin1"


class _TreePolicy(Policy):
    """The safe list without numpy's data, whatever is imported: an array is described from what the stream says, not built."""

    def rule(self, module: str, name: str) -> Rule | None:
        """Give the rule for a resolved name."""
        return self.rules.get((module, name))


_LIMITS = Limits()
POLICY = _TreePolicy("tree", SAFE.rules)


class _Gate(ClosedGate):
    """Keeps what a stream gives to what it cannot be given to, and lets a name stand for itself that is not in this Python.

    A function or class that the stream brings keeps what helpers of cloudpickle and dill would set on it.
    """

    def __init__(self, terms: Terms, budget: Budget, asked: Effects) -> None:
        """Go by *terms*."""
        super().__init__(terms, budget, asked)
        self.given: dict[int, tuple[Any, list[Any]]] = {}
        self.dtypes: list[Placeholder] = []

    def find(self, module: str, name: str, protocol: int) -> Any:
        """Import what the policy allows, where it is there."""
        try:
            return super().find(module, name, protocol)
        except (ImportError, AttributeError):
            what = quoted(f"{module}.{name}")
            return Placeholder(what, module=module, name=name)

    def persistent(self, pid: Any) -> Any:
        """Give what *pid* stands for: PyTorch's old files have the classes of modules in such, each with its source."""
        found = super().persistent(pid)
        if type(pid) is tuple and len(pid) == 4 and type(pid[0]) is str and pid[0] == "module":
            return pid[1] if type(pid[1]) is Placeholder and pid[1].args is None else found
        return found

    def build(self, target: Any, state: Any) -> None:
        """Do BUILD as the policy allows; a dict of the library keeps its state beside it."""
        if type(target) in _KEPT:
            self.budget.charge(_STATE)
            self.given.setdefault(id(target), (target, []))[1].append(state)
        super().build(target, state)
        if type(target) is Placeholder and target.name == "dtype" and len(self.dtypes) < _DTYPES:
            self.dtypes.append(target)

    def reduce(self, function: Any, args: Any) -> Any:
        """Call what the policy allows, else give what stands for it."""
        of_buffer = type(args) is tuple and len(args) == 1 and is_buffer(args[0])
        if of_buffer and function is bytearray and self.is_imported(function):  # plain, as soon as that is there
            self.asked.add_call("builtins.bytearray", args)
            return self.stand_in(function, "builtins.bytearray", args)
        if (
            type(function) is Placeholder
            and function.args is None
            and function.name in _SETTERS
            and type(args) is tuple
        ):
            if len(args) == 2 and type(args[0]) is Placeholder:
                self.keep(args[0], "states", (args[1],))
            elif len(args) == 3 and type(args[0]) is Placeholder and type(args[1]) is str:
                self.keep(args[0], "states", ({args[1]: args[2]},))
        return super().reduce(function, args)


@dataclass
class Read:
    """One stream as it was read: ``end`` is the offset after it, 0 where it has none, ``error`` what ended it.

    ``stack`` and ``marks`` are the machine's where it ended too soon, ``arrays`` what stands for joblib's raw
    arrays, in their order. ``encoding`` is the one that its texts of Python 2 were read with, ``head`` its first two bytes.
    """

    value: Any = None
    effects: list[Effect] = field(default_factory=list)
    uncounted: int = 0
    end: int = 0
    error: PikError | None = None
    stack: list[Any] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    arrays: list[Placeholder] = field(default_factory=list)
    given: dict[int, tuple[Any, list[Any]]] = field(default_factory=dict)
    encoding: str = ""
    #: Whether a dtype in it is said to be another than its parts make.
    lies: bool = False
    #: How many buffers it wants that are kept elsewhere.
    buffers: int = 0
    head: bytes = b""
    #: What is known of containers of which only the beginning is in the value.
    beginnings: Beginnings = NOTHING_CUT

    @property
    def seen(self) -> Seen:
        """As `histshell.pik.loads` gives it."""
        return Seen(self.value, self.effects, self.uncounted)


def read(data: Any, encoding: str = "", limits: Limits | Budget | None = None, keep: Keep | None = None) -> Read:
    """Read the stream that *data* begins with; never raises for what is in it.

    With *keep* no more than that need be in the value, of which ``beginnings`` then knows what is missing.
    Without *encoding*, texts of Python 2 that are not ASCII are read as latin1, and ``encoding`` of what is given back says so.
    """
    whole = data if type(data) is bytes else bytes(data)
    with resting():
        found = _read(whole, encoding or "ASCII", limits, keep)
        error: BaseException | None = found.error
        if not encoding and isinstance(error, UnicodeDecodeError):
            found = _read(whole, _OLD, limits)
            found.encoding = _OLD
        found.head = whole[:2]
        return found


def read_beginnings(member: Member, keep: Keep, encoding: str = "") -> Read | None:
    """Read a large stream of plain data from the disk, and nothing of it into memory but what *keep* says.

    None where that cannot be done: its bytes are to be read then.
    """
    head = member.read(0, 2) if member.read is not None and member.size is not None else b""
    if member.read is None or not may_be_cut(head, member.size or 0):
        return None
    pages = Pages.of(member.size or 0, member.read, tuple(BIGGEST))
    beginnings = Beginnings(keep)
    if pages is not None:
        with resting():
            end, value, _ = load_cut(pages, (encoding or "ASCII", "strict"), Budget(_LIMITS), beginnings)
    return Read(value, end=end, head=head, beginnings=beginnings) if beginnings.done else None


def is_plain(data: bytes, encoding: str = "") -> bool:
    """Tell at once whether the stream that *data* is is plain data; False where that takes a closer look."""
    return load_first(data, encoding or "ASCII", "strict", Budget(_LIMITS))[0] == len(data)


def _read(data: bytes, encoding: str, limits: Limits | Budget | None, keep: Keep | None = None) -> Read:
    """Read with one encoding: by C where the stream is proved plain, else by the machine."""
    budget = limits if isinstance(limits, Budget) else Budget(limits)
    budget.shared = budget is limits
    if len(data) >= SMALLEST:
        beginnings = Beginnings(keep) if keep is not None else None
        end, value = load_first(data, encoding, "strict", budget, beginnings)
        if end:
            return Read(value, end=end, beginnings=beginnings if beginnings and beginnings.done else NOTHING_CUT)
    wanted = Buffers(budget)
    machine = Machine(trust=POLICY, encoding=encoding, on_refused="show", limits=budget, buffers=wanted)
    machine.gate = gate = _Gate(machine.terms, budget, machine.asked)
    try:
        value = machine.run(data)
    except PikError as error:
        if error.opcode == "FRAME" and error.offset is not None and data[error.offset] == FRAME:
            return _unframed(data, error, encoding, limits)
        return Read(
            None, machine.effects, machine.uncounted, 0, error, list(machine.stack), list(machine.marks), _wrappers(machine),
            gate.given, buffers=wanted.count,
        )  # fmt: skip
    lies = any(dtypes.lies(thing) for thing in gate.dtypes)
    return Read(
        value,
        machine.effects,
        machine.uncounted,
        machine.offset,
        arrays=_wrappers(machine),
        given=gate.given,
        lies=lies,
        buffers=wanted.count,
    )


def _unframed(data: bytes, error: PikError, encoding: str, limits: Limits | Budget | None) -> Read:
    """Read on past a frame that is longer than what is left: to C that is the end, to somebody who looks it is not."""
    at = error.offset or 0
    found = _read(data[:at] + _NOTHING + data[at + len(_NOTHING) :], encoding, limits)
    found.end = 0
    found.error = found.error or error
    return found


def _wrappers(machine: Machine) -> list[Placeholder]:
    """Give what stands for joblib's raw arrays, in the order of the stream: each is stored in the memo when it is made."""
    if not any(effect.name.endswith(_ARRAYS) for effect in machine.effects if effect.kind == "import"):
        return []
    found: dict[int, Placeholder] = {}
    for value in machine.memo.values():
        if type(value) is Placeholder and value.args is not None and made(value).name in _ARRAYS:
            found.setdefault(id(value), value)
    return list(found.values())


def of(seen: Seen | Read, member: Member | None = None, beside: Mapping[str, Any] | None = None) -> Node:
    """Make the tree of what was read; *member* is where it lies, for storages and arrays beside the stream.

    *beside* are the values of other members, by name: joblib's arrays of objects are pickles of their own.
    """
    arrays: dict[int, Any] = {}
    inner: dict[int, Any] = {}
    if isinstance(seen, Read) and member is not None and member.holes:
        for thing, hole in zip(seen.arrays, member.holes):
            arrays[id(thing)] = hole.array
            if beside and hole.pickle in beside:
                inner[id(thing)] = beside[hole.pickle]
    maker = TreeMaker(member, arrays, inner)
    maker.unpack = Within()
    if isinstance(seen, Read):
        maker.given = seen.given
        maker.beginnings = seen.beginnings
    if isinstance(seen, Read) and seen.error is not None:
        return Unfinished(maker, seen.stack, seen.marks).node()
    return maker.node(seen.value)


class Within:
    """Read the files that lie in one stream as bytes, all of them within the limits of one."""

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self._budget = Budget()

    def __call__(self, data: bytes) -> tuple[Member | None, Any]:
        """Give the first pickle of a file and its value; nothing where it cannot be read."""
        from histshell.pik import files

        try:
            with files.open(data) as file:
                member = next((one for one in file.members if one.kind == "pickle"), None)
                found = read(member.data(), limits=self._budget) if member is not None else None
        except PikError:
            return None, None
        return member, found.value if found is not None and found.error is None else None
