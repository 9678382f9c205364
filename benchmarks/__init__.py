"""How fast things are, measured here and now: every figure in the docs comes from `make bench`."""
