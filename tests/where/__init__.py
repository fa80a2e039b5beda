"""Which Python `histshell` runs in."""
