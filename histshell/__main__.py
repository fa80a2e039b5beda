"""`python -m histshell`: see `histshell.launch`. This module's namespace becomes that of the prompt, so it keeps no names."""

from histshell import launch

launch.run()
