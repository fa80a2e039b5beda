"""Loading what has arrays or storages beside its opcodes: joblib's files, and PyTorch's checkpoints."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable, Mapping

from histshell import libraries
from histshell.pik import built, loading
from histshell.pik.errors import PikError
from histshell.pik.machine import Machine
from histshell.pik.opcodes import BY_NAME
from histshell.pik.policy.checks import Asked, Rule
from histshell.pik.tree.array_values import of_header

if TYPE_CHECKING:
    from histshell.pik.files.model import Hole, Member
    from histshell.pik.policy.policy import Policy

_BUILD = BY_NAME["BUILD"].code
_WRAPPERS = ("NumpyArrayWrapper", "NDArrayWrapper", "ZNDArrayWrapper")
_MODULES = ("joblib.numpy_pickle", "joblib.numpy_pickle_compat")


def load(member: Member, parts: Mapping[str, Member], options: dict[str, Any]) -> Any:
    """Load the value of *member*; *parts* are the members that its holes are, by name."""
    if member.storages and options.get("persistent_load") is None:
        options["persistent_load"] = _Storages(member)
    if not member.holes:
        return loading.loads(member.data(), **options)
    holes = list(member.holes)

    def next_array() -> Any:
        if not holes:
            raise PikError("it has more places for arrays than arrays")
        hole = holes.pop(0)
        return load(parts[hole.pickle], {}, dict(options)) if hole.pickle else _array(hole)

    options["trust"] = _with_wrappers(options["trust"])
    return _Machine(next_array, **options).run(bytes(member.data()))


def _array(hole: Hole) -> Any:
    """Make the array of a hole."""
    array = of_header(hole.array)
    if array is None or not built.is_built(array):
        raise PikError("an array in it has a dtype that is not known")
    if built.numpy() is None:
        raise PikError("its arrays need numpy, which this Python does not have")
    return built.build(array)


class _Wrapper:
    """Stands for one of joblib's wrappers until its state is there."""


def _nothing(args: tuple[Any, ...], ask: Asked) -> None:
    """Take anything: nothing is done with it."""


def _no_state(target: Any, state: Any, ask: Asked) -> None:
    """Take any state of attributes: nothing asks for them."""


def _with_wrappers(policy: Policy) -> Policy:
    """Give a policy by which joblib's wrappers are ours."""
    rule = Rule(call=_nothing, new=_nothing, build=_no_state, make=_Wrapper)
    ours = {(module, name): rule for module in _MODULES for name in _WRAPPERS}
    trusted = frozenset(name for name in policy.trusted if name.rpartition(".")[2] not in _WRAPPERS)
    return replace(policy, rules={**policy.rules, **ours}, trusted=trusted)


class _Machine(Machine):
    """Puts the next array in the place of a wrapper when that gets its state, as joblib does."""

    def __init__(self, next_array: Callable[[], Any], **options: Any) -> None:
        """Take what gives the arrays."""
        super().__init__(**options)
        self.next_array = next_array
        self._build = self._ops[_BUILD]
        self._ops[_BUILD] = self._build_or_replace

    def _build_or_replace(self, argument: None) -> None:
        if len(self.stack) > self.fence + 1 and _is_wrapper(type(self.stack[-2])):
            self.stack.pop()
            self.stack[-1] = self.next_array()
            return
        self._build(argument)


def _is_wrapper(kind: type) -> bool:
    """Tell whether it is ours, or joblib's own, which is imported where everything is trusted."""
    return kind is _Wrapper or any(libraries.has(kind, module, name) for module in _MODULES for name in _WRAPPERS)


class _Storages:
    """Gives the storages of a checkpoint as PyTorch's own, which the names that are trusted have imported."""

    def __init__(self, member: Member) -> None:
        """Take the storages of *member*."""
        self._storages = member.storages
        self._made: dict[str, Any] = {}

    def __call__(self, pid: Any) -> Any:
        """Give a storage: ``("storage", its kind, key, place, size)``."""
        if type(pid) is not tuple or len(pid) < 5 or pid[0] != "storage" or type(pid[2]) is not str:
            raise PikError("it asks for what is no storage")
        _, kind, key = pid[:3]
        torch: Any = sys.modules.get("torch")
        header = self._storages.get(key)
        if torch is None or header is None:
            raise PikError("its storages need PyTorch" if torch is None else f"storage {key[:40]!a} is not in the file")
        dtype = getattr(kind, "dtype", None)
        if dtype is None:
            raise PikError("it asks for a storage of no kind")
        made = self._made.get(key)
        if made is None:
            flat = torch.frombuffer(bytearray(header.read(0, header.size)), dtype=torch.uint8) if header.size else None
            tensor = flat if flat is not None else torch.empty(0, dtype=torch.uint8)
            made = self._made[key] = tensor.view(dtype)
        return made.storage() if not hasattr(made, "_typed_storage") else made._typed_storage()
