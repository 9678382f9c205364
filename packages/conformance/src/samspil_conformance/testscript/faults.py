"""Faults of a script: what it names and does not declare. They fail the assert, and the result says whose fault it is."""

__all__ = ["ScriptFault"]


class ScriptFault(LookupError):
    """An action names what its script declares nowhere, or an assert asks for nothing; the text says so and what to do.

    An assert with such a fault does not hold, whatever the system does: nothing that it asks for has been shown.
    """

    def __init__(self, what: str) -> None:
        super().__init__(f"the script is at fault, not the system: {what}; report it to the script's publisher")
