"""What is in a pickle, as a tree: made from what the safe machine has read, with nothing of the stream's imported or run."""

from __future__ import annotations

from histshell.pik.tree.model import Node
from histshell.pik.tree.reading import Read, of, read

__all__ = ["Node", "Read", "of", "read"]
