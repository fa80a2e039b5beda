"""`python -m histshell`: see `histshell.by_hand`. This module's namespace becomes that of the prompt, so it keeps no names."""

from histshell import by_hand

by_hand.run()
