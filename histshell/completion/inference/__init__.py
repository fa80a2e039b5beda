"""What live objects cannot tell is inferred from source, by jedi in a process of its own."""
