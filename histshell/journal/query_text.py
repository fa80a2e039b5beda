"""From what somebody types to a query: words, dates and ages, folders, types."""

from __future__ import annotations

import os
import re
import time
from datetime import date, datetime, timedelta
from typing import Any, Iterable, Union

from histshell.preview import preview

from .matching import BadQuery, Query

Moment = Union[str, float, date, datetime, timedelta, None]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_AGE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) *([smhdw])", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def query(
    words: str | Iterable[str] = "",
    since: Moment = None,
    until: Moment = None,
    cwd: str = "",
    here: bool = False,
    type: object = "",  # noqa: A002 - so it is called by who asks
    **others: Any,
) -> Query:
    """Return the query for what was typed. Words stand between blanks. Raises BadQuery."""
    try:
        text = words if isinstance(words, str) else " ".join(words)
    except TypeError:
        raise BadQuery(f"words are expected, not {preview(words, 60)}") from None
    unknown = sorted(set(others) - set(Query._fields))
    if unknown:
        raise BadQuery(
            f"there is no {unknown[0]!r} to search by; there are since, until, cwd, here, {', '.join(Query._fields[4:])}"
        )
    for what, value in (("cwd", os.fspath(cwd) if isinstance(cwd, os.PathLike) else cwd), *others.items()):
        if what != "failed" and not isinstance(value, str):
            raise BadQuery(f"{what} is a text, not {preview(value, 60)}")
    name = type if isinstance(type, str) else getattr(type, "__name__", None)
    if not isinstance(name, str):
        raise BadQuery(f"a type or its name is expected, not {type!r:.60}")
    return Query(
        tuple(text.split()), moment(since), moment(until, end=True), os.getcwd() if here else cwd, type=name, **others
    )


def moment(what: Moment, end: bool = False, now: float | None = None) -> float | None:
    """Return a time in seconds since the epoch; with `end` a day counts up to its end. Raises BadQuery.

    >>> moment("2h", now=10_000.0)
    2800.0
    """
    if what is None or what == "":
        return None
    now = time.time() if now is None else now
    try:
        if isinstance(what, str):
            return _said(what.strip().lower(), end, now)
        if isinstance(what, timedelta):
            return now - what.total_seconds()
        if isinstance(what, datetime):
            return what.timestamp()
        if isinstance(what, date):
            return _day(what, end)
        return float(what)
    except (ValueError, OverflowError, OSError, TypeError) as error:
        raise BadQuery(
            f"{what!r:.60} is no time: it is a date (2026-11-20), a time (2026-11-20T10:30), today, yesterday, or an age (2h, 3d)"
        ) from error


def _said(text: str, end: bool, now: float) -> float:
    if text in ("today", "yesterday"):
        return _day(datetime.fromtimestamp(now).date() - timedelta(days=text == "yesterday"), end)
    age = _AGE.fullmatch(text)
    if age:
        return now - float(age[1]) * _UNITS[age[2]]
    if _DAY.fullmatch(text):
        return _day(date.fromisoformat(text), end)
    return datetime.fromisoformat(re.sub("z$", "+00:00", text)).timestamp()


def _day(day: date, end: bool) -> float:
    """Return the beginning of a day here, or its last moment."""
    begun = datetime(day.year, day.month, day.day)
    return (begun + timedelta(days=1)).timestamp() - 1e-6 if end else begun.timestamp()
