"""What histshell costs, measured in real terminals: run it with `make bench`."""
