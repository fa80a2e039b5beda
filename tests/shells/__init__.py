"""Tests that type into shells that are not Python's own prompt."""
