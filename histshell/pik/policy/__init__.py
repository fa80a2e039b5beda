"""The policy: which names a stream may import, and what may be done with them."""
