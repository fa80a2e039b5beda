"""What the results hold of memory."""
