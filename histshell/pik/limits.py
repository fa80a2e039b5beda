"""`Limits`: what a stream may cost before it is stopped."""

from __future__ import annotations

from dataclasses import dataclass, fields

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one stream may use. All are whole numbers but ``seconds``; the defaults suit honest files up to gigabytes.

    A limit with a ``_per_byte`` beside it grows with the stream: the stream may use the sum of the base and of so many
    units for each of its own bytes. That is what tells a big honest file from a bomb: a bomb is small.
    """

    #: Opcodes in all.
    opcodes: int = 1 << 32
    #: Bytes of containers and of constructed objects (text and numbers are bounded by the stream itself).
    memory: int = 128 * MEGABYTE
    memory_per_byte: int = 16
    #: Highest memo number, beyond which a number must not exceed the length of the stream in bytes.
    memo_index: int = 1 << 20
    #: Items on the stack.
    stack: int = 1 << 32
    #: Nodes (tuples, their items, and so on, shared ones counted each time) of one thing that is hashed.
    key_nodes: int = 1_000_000
    #: Nesting of one thing that is hashed.
    key_depth: int = 5_000
    #: Steps of work, about 25 ns each: what constructors copy, parse, divide and hash, and nodes of keys, in all.
    work: int = 20_000_000
    work_per_byte: int = 30
    #: Items that a constructor or a function of the play list may be given, or make.
    items: int = 1_000_000
    #: Bits of an int that a constructor or a function of the play list may be given.
    bits: int = 1 << 16
    #: Seconds that putting keys into dicts and sets may take, beyond half a microsecond for each (more on a slow machine).
    #: Only keys that are made to collide come near it; it is what stops those. Nothing else is held against the clock.
    seconds: float = 0.3
    #: Keys of one constructor's argument with the same hash.
    same_hash: int = 1_000
    #: Entries in the list of effects; what comes after is only counted.
    effects: int = 10_000

    @classmethod
    def none(cls) -> Limits:
        """No limits but the process's own: what a stream may cost that is trusted with everything."""
        return cls(**{field.name: 1 << 62 for field in fields(cls)})

    def __post_init__(self) -> None:
        """Refuse what is not a number, and negative numbers."""
        for field in fields(self):
            value = getattr(self, field.name)
            wanted = (int, float) if field.name == "seconds" else (int,)
            if isinstance(value, bool) or not isinstance(value, wanted):
                raise TypeError(f"Limits.{field.name}: found {type(value).__name__}, expected a number")
            if not value >= 0:
                raise ValueError(f"Limits.{field.name}: found {value}, expected 0 or more")


#: What a stream may cost where nobody says otherwise.
USUAL = Limits()
