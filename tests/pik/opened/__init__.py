"""Files opened by `histshell.pik.open`, lists of names to trust, and what stands for what is not trusted."""
