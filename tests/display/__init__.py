"""Values on a screen."""
