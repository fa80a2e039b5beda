"""Tests of the readers of files that pickles lie in."""
