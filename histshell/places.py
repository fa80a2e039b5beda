"""Where histshell's files live: what platformdirs says, restated without its import.

The start-up file runs in Pythons that have no third-party package, and before the first prompt,
where platformdirs (and the `pathlib` it loads) would cost more than all of histshell. The tests
compare these functions with platformdirs.
"""

import os
import sys

NAME = "histshell"


def config_file() -> "str":
    """Return the path of the settings file: `$HISTSHELL_CONFIG`, else `config.toml` in the platform's place."""
    return os.environ.get("HISTSHELL_CONFIG") or os.path.join(config_dir(), "config.toml")


def config_dir() -> "str":
    """Return the folder of the settings file, where no other file is named."""
    return _folder("XDG_CONFIG_HOME", ".config", "Application Support")


def data_dir() -> "str":
    """Return the folder of the installed start-up file."""
    return _folder("XDG_DATA_HOME", os.path.join(".local", "share"), "Application Support")


def state_dir() -> "str":
    """Return the folder of what is kept from session to session: the journals."""
    return _folder("XDG_STATE_HOME", os.path.join(".local", "state"), "Application Support")


def is_new_here() -> "bool":
    """Return whether histshell has kept nothing in this home yet, for the one who asks first: from now on it has a folder there."""
    folder = state_dir()
    if os.path.exists(folder) or not os.path.isdir(os.path.expanduser("~")):
        return False
    try:
        os.makedirs(folder, 0o700)
    except OSError:  # another was first, or nothing can be kept
        return False
    return True


def cache_dir() -> "str":
    """Return the folder of what can be made anew at any time."""
    return _folder("XDG_CACHE_HOME", ".cache", "Caches")


def _folder(variable: "str", unix: "str", mac: "str") -> "str":
    """Return the folder `unix` under the home, unless `variable` names another; `mac` under ~/Library."""
    base = os.environ.get(variable, "").strip()
    if not os.path.isabs(base):  # the XDG specification: a relative path is to be ignored
        base = ""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
        return os.path.join(base, NAME, "Cache") if mac == "Caches" else os.path.join(base, NAME)
    if base:
        return os.path.join(base, NAME)
    if sys.platform == "darwin":
        return os.path.join(os.path.expanduser("~/Library"), mac, NAME)
    return os.path.join(os.path.expanduser("~"), unix, NAME)
