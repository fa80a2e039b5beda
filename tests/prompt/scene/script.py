"""A script with names of its own, one of them `h`."""

x = 5
h = "the script's"
