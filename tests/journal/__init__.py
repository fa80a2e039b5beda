"""The journal: what is written, found again, brought in and forgotten."""
