"""The start-up file of `make try`: what is typed there is kept in HISTSHELL_TRY, a folder, and not in the home directory.

From 3.13 on PYTHON_HISTORY says where. Before, `site` always takes ~/.python_history, so home is another for that moment.
"""


def _own_history() -> None:
    import os
    import sys

    usual = getattr(sys, "__interactivehook__", None)
    folder = os.environ.get("HISTSHELL_TRY")

    def set_up() -> None:
        """Do what `site` does before the first prompt, with its history file in the folder."""
        assert usual is not None
        home, os.environ["HOME"] = os.environ.get("HOME"), str(folder)
        try:
            usual()
        finally:
            if home is None:
                del os.environ["HOME"]
            else:
                os.environ["HOME"] = home

    if usual is not None and folder and sys.version_info < (3, 13):
        sys.__interactivehook__ = set_up


_own_history()
del _own_history
