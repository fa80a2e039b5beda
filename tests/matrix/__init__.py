"""Every shell under every Python: one session each, asked the same questions; the answers are the table in docs/shells.md.

`shells.py` has the rows, `checks.py` the questions, `known.py` the answers that are no, with their reasons, `page.py`
the table. `make shells` runs all of it, `make test` none.
"""
