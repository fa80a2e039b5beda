"""Putting histshell into a shell's start-up file, taking it out, and telling what is wrong.

Nothing here is loaded before the first prompt; it runs in home's Python only.
"""
