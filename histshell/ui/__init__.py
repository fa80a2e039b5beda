"""The rich prompt: ptpython as histshell's own shell. Needs Python 3.10 or later, and nothing of it is loaded before it opens."""
