"""The rich prompt in a terminal."""
