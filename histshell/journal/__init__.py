"""The journal: what was typed in each session and what came of it, in files that are only ever appended to."""
