"""Classes of pydantic's and attrs' whose instances are in the files."""

# mypy: ignore-errors

from typing import Optional

import attrs
import pydantic


class Person(pydantic.BaseModel):
    """With a default and a private attribute."""

    name: str
    age: int = 3
    tags: list[str] = []
    boss: Optional["Person"] = None
    _secret: int = pydantic.PrivateAttr(5)


@attrs.define
class Size:
    """With slots."""

    x: int
    y: list = attrs.Factory(list)


@attrs.define(frozen=True)
class Fixed:
    """With slots, and it does not change."""

    x: int
    y: str = "q"
