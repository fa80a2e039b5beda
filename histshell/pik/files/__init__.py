"""What lies in a file that a pickle may be in: `open` looks at its header and gives its members, with nothing run.

Packed streams, archives, checkpoints, arrays and shelves are read by readers of our own, within limits; other files are
named for what they are. Nothing is written, and nothing is read but the file and, where the format says so, its siblings.
"""

from __future__ import annotations

from histshell.pik.files.model import ArrayHeader, File, Finding, Hole, Member
from histshell.pik.files.opening import open  # noqa: A004  # it is called as files.open

__all__ = ["ArrayHeader", "File", "Finding", "Hole", "Member", "open"]
