"""CPython's own prompts, and PyPy's."""
