"""Tests of saved values, and of the sessions that they come back from."""
