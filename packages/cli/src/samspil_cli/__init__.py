"""The `samspil` command: one face for the modules that are installed."""
