"""Code systems on disk: one immutable SQLite file a snapshot, in a folder that is swapped atomically."""
