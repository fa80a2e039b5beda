"""Many files at once: what lies in folders, a verdict for each file that can be a pickle, a table, SARIF."""
