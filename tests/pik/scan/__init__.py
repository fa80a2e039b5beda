"""What is said of many files: real ones, hostile ones, folders."""
