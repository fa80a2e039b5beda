"""Which Python `histshell` runs in: that of the environment one is in. Nothing here runs anything to find out."""
