"""One adapter a shell: how it is recognised, where its input's text is, how its prompt takes colour."""
