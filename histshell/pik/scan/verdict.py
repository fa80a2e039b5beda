"""What is said of one file among many: a verdict, what is in it, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from histshell.errors import HistshellError
from histshell.pik import files
from histshell.pik.tree.names import BUILDS, PLAIN, RUNS, UNKNOWN
from histshell.pik.tree.report import ASKS, BROKEN, FINE, Report, Wish
from histshell.preview import sentence

if TYPE_CHECKING:
    from histshell.pik.tree.names import Name

#: The verdicts, the worst first, with the exit status of each.
RUNNING, ASKING, DAMAGED, GOOD = "runs things", "asks for names", "damaged", "plain"
#: Of what was named, and is no file that can be read, or has no pickle in it.
UNREAD, NO_PICKLE = "not read", "no pickle"
STATUSES = {RUNNING: ASKS, ASKING: ASKS, DAMAGED: BROKEN, UNREAD: BROKEN, NO_PICKLE: BROKEN, GOOD: FINE}
_SHOWN = 3  # values, and reasons, in one line


@dataclass
class Row:
    """One file of a scan. All its texts are inert.

    ``verdict`` is empty where the file is no pickle and holds none: it is only counted, by its ``kind``. ``report`` is the
    whole of what was read, as JSON has it, where that was asked for.
    """

    path: str
    shown: str
    kind: str
    verdict: str
    holds: str = ""
    reasons: list[str] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    problems: list[tuple[str, int | None, bool]] = field(default_factory=list)
    report: dict[str, Any] | None = None


def look(path: str, wish: Wish, limit: int | None = None, whole: bool = False) -> Row:
    """Look at one file; with *whole* its report is kept. What cannot be read is a row too."""
    shown = sentence(path, 4_000)
    try:
        with files.open(path, limit=limit) as file:
            report = Report(file, wish)
            verdict = _verdict(report)
            if not verdict:
                return Row(path, shown, file.kind, "")
            row = Row(path, shown, file.kind, verdict, _holds(report), names=report.names, problems=_problems(report))
            row.reasons = _reasons(row)
            if whole:
                row.report = report.as_json()
                row.report["verdict"] = verdict
            return row
    except MemoryError:
        return _failed(path, shown, "there is not enough memory to look at it", UNREAD)
    except (HistshellError, OSError) as error:
        return _failed(path, shown, sentence(_without(str(error), shown)), UNREAD)
    except Exception as error:  # a fault of ours; the files after it are looked at all the same
        return _failed(path, shown, f"histshell failed at it, please report that: {type(error).__name__}", DAMAGED)


def _without(said: str, name: str) -> str:
    """Take the file's name off what is said of it: it stands beside."""
    return said[len(name) + 2 :] if said.startswith(f"{name}: ") else said


def _failed(path: str, shown: str, why: str, verdict: str) -> Row:
    """Give the row of a file that cannot be read."""
    report = {
        "file": shown,
        "kind": "",
        "status": BROKEN,
        "verdict": verdict,
        "error": {"sentence": why, "offset": None},
    }
    return Row(path, shown, "", verdict, "", [why], problems=[(why, None, True)], report=report)


def _verdict(report: Report) -> str:
    """Say what a file is: empty if no pickle is in it and nothing hides one."""
    status = report.status
    if status == ASKS:
        return RUNNING if any(name.verdict == RUNS for name in report.names) else ASKING
    if report.values:
        return GOOD if status == FINE else DAMAGED
    if report.file.is_pickle_like and any(finding.damaged for finding in report.file.findings):
        return DAMAGED
    return ""


def _holds(report: Report) -> str:
    """Say in few words what is in it."""
    values = report.values
    parts = []
    for value in values[:_SHOWN]:
        node = value.tree
        many = f" of {node.count:,}" if node.count is not None and node.kind in ("list", "tuple", "set", "dict") else ""
        parts.append(f"{node.type}{many}" if value.read.error is None or value.read.stack else "?")
    many = f" and {len(values) - _SHOWN:,} more" if len(values) > _SHOWN else ""
    return ", ".join(parts) + many


def _problems(report: Report) -> list[tuple[str, int | None, bool]]:
    """Give what is wrong or odd: sentence, offset, and whether something cannot be read."""
    found = [*report.file.findings, *(one for value in report.values for one in value.member.findings)]
    problems = [(sentence(one.sentence), one.offset, one.damaged) for one in found]
    for value in report.values:
        if value.read.error is not None:
            problems.append((sentence(str(value.read.error)), value.read.error.offset, True))
    return problems


def _reasons(row: Row) -> list[str]:
    """Say why it has its verdict: what runs things, by name; else how many names there are of which kind; what is damaged."""
    running = [name for name in row.names if name.verdict == RUNS]
    reasons = [f"{sentence(name.shown, 80)} {name.words}" for name in running[:_SHOWN]]
    if len(running) > _SHOWN:
        reasons.append(f"{len(running) - _SHOWN} more that run things")
    if row.verdict == ASKING:
        unknown = [sentence(name.shown, 80) for name in row.names if name.verdict == UNKNOWN]
        builds = sum(name.verdict == BUILDS for name in row.names)
        if unknown:
            more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
            reasons.append(f"unknown: {', '.join(unknown[:_SHOWN])}{more}")
        if builds:
            reasons.append(f"{builds} name{'' if builds == 1 else 's'} that only build{'s' if builds == 1 else ''}")
    if row.verdict != GOOD:
        reasons += [text for text, _, damaged in row.problems if damaged][:_SHOWN]
    return reasons


__all__ = [
    "ASKING",
    "BUILDS",
    "DAMAGED",
    "GOOD",
    "NO_PICKLE",
    "PLAIN",
    "RUNNING",
    "RUNS",
    "STATUSES",
    "UNKNOWN",
    "UNREAD",
    "Row",
    "look",
]
