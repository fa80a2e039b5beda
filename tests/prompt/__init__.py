"""What a user sees, tested by typing at real prompts."""
