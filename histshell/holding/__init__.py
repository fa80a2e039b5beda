"""What the results hold of the machine's memory: how much, by which, and how some of it is let go."""
