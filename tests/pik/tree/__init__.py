"""Tests of the tree of what is in a pickle."""
