"""The commands of `samspil terminology`, one module a kind."""
