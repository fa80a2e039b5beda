"""The pickle mode: a stream typed by hand, and what is in a file."""
