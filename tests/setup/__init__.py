"""Tests of `histshell.setup`."""
