"""Code systems that have a form of their own: importers of release files, and systems that are a grammar."""
