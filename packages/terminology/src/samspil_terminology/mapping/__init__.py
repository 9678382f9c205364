"""The workbench for local codes: what is mapped, what could be, what people decided, and what a new release changes."""
