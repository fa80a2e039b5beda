"""Histories of other programs, and of the rich prompt, brought into the journal: found, read as they are, written once."""
