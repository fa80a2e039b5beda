"""What is known of a value that somebody asks for: `x?`, `x??`, `h.help(x)`, `h.source(x)`."""
