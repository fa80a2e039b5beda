"""Files as real libraries write them, and what their own loaders make of them."""
