"""Results that are saved by value, and come back by number, with nothing run."""
