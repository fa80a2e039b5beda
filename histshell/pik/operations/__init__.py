"""What the opcodes do: one short method each, in groups that know no more than they work on.

A method has the name of its opcode in lower case behind an underscore, and takes the argument as the lexer gives it. What only
pushes its argument has none.
"""
