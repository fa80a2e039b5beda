"""Tests of the completion engine."""
