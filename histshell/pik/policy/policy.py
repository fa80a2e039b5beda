"""Policies: which names a stream may import, and what may be done with them.

`SAFE` is an exact list of plain data, `EVERYTHING` is C's `pickle.loads`. A policy is immutable; `Policy.trusting` gives
one that allows more.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Iterable, Union

from histshell.pik.errors import blend
from histshell.pik.policy import python2_names
from histshell.pik.policy.checks import TRUSTED, Rule
from histshell.pik.policy.numpy_rules import numpy_rule
from histshell.pik.policy.numpy_trusted import is_numpy_data, trusted_rule
from histshell.pik.policy.rules import RULES


@dataclass(frozen=True)
class Policy:
    """An exact list of what may be imported, with a `Rule` for each name.

    ``rules`` maps (module, name), as they are called in Python 3, to rules; ``trusted`` holds ``module.name`` and
    ``module.*`` that a person has named. With ``everything`` nothing is checked. A policy does not import anything.
    """

    title: str
    rules: dict[tuple[str, str], Rule] = field(default_factory=dict, repr=False)
    trusted: frozenset[str] = frozenset()
    everything: bool = False
    #: Give ``__builtin__.map``, ``filter``, ``zip`` and ``range`` the lists they gave in Python 2.
    python2_lists: bool = False

    def resolve(self, module: str, name: str, protocol: int, fix_imports: bool) -> tuple[str, str]:
        """Return the module and name that the stream means (see `python2_names.resolve`)."""
        if self.python2_lists and module == "__builtin__" and protocol < 3 and (module, name) in self.rules:
            return module, name
        return python2_names.resolve(module, name, protocol, fix_imports)

    def rule(self, module: str, name: str) -> Rule | None:
        """Return the rule for a resolved name, None where it is not allowed."""
        if (module, name) == ("builtins", "getattr"):  # attributes are named one by one, by whoever trusts it
            return self.rules.get((module, name))
        if self.trusted and self._trusts(module, name):
            return trusted_rule(module, name) if is_numpy_data(module, name) else TRUSTED
        return self.rules.get((module, name)) or (numpy_rule(module, name) if self.rules else None)

    def _trusts(self, module: str, name: str) -> bool:
        """Return whether a person has trusted it, by its exact name or, undotted, by its module."""
        if f"{module}.{name}" in self.trusted:
            return True
        return "." not in name and f"{module}.*" in self.trusted

    @property
    def trusts_numpy(self) -> bool:
        """Tell whether a person has named numpy's arrays or dtypes: then those of objects and with fields are allowed too."""
        return any(name in self.trusted for name in ("numpy.dtype", "numpy.ndarray", "numpy.*"))

    def trusting(self, *trust: str) -> Policy:
        """Return a policy that also allows *trust*: ``module.name``, ``module.*`` or ``everything``.

        Raises ValueError for anything else. The caller warns of ``module.*``: a module's names are more than they seem.
        """
        for item in trust:
            module, _, name = item.rpartition(".")
            if item != "everything" and not (module and name and all(module.split("."))):
                raise ValueError(f"trust {item!r}: expected module.name, module.* or everything")
        everything = self.everything or "everything" in trust
        return replace(self, trusted=self.trusted | (set(trust) - {"everything"}), everything=everything)

    def __reduce__(self) -> Any:
        """Refuse to be saved: trust lasts for a session."""
        raise TypeError("a policy is not saved: what it trusts was meant for this session")


SAFE = Policy("safe", RULES)
EVERYTHING = Policy("everything", everything=True)

#: What `histshell.pik.loads` takes as ``trust``: a policy, or the names that are allowed beside plain data.
Trust = Union[Policy, Iterable[str]]


def policy_of(trust: Trust) -> Policy:
    """Return *trust* if it is a policy, else the safe policy with these names allowed, ``module.name`` each.

    Raises TypeError for what is no list, ValueError for what is no such name: one without a dot, with a ``*`` or an empty part.
    """
    if isinstance(trust, Policy):
        return trust
    if isinstance(trust, (str, bytes)):
        raise blend(ValueError)(f"trust={trust!r}: expected a list of names, [{trust!r}]")
    try:
        names = list(trust)
    except TypeError:
        raise blend(TypeError)(f"trust={trust!r:.80}: expected a list of names") from None
    for name in names:
        _check_name(name)
    return SAFE.trusting(*names)


def _check_name(name: object) -> None:
    """Refuse what names nothing, or more than one thing."""
    if type(name) is not str:
        raise blend(ValueError)(f"trust: found {name!r:.80}, expected a name as text, module.name")
    if "*" in name:
        raise blend(ValueError)(
            f"trust {name!r:.80}: expected module.name, one thing each; a module's names are more than they seem"
        )
    if "." not in name or not all(name.split(".")):
        raise blend(ValueError)(f"trust {name!r:.80}: expected module.name, e.g. 'collections.OrderedDict'")
