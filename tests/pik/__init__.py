"""Tests of the pickle loader."""
