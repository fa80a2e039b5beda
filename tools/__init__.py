"""Small programs for those who work on histshell; nothing of it is installed."""
