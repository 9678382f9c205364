"""What stops: a package that was asked for and cannot be had. Everything else is a finding of the outcome."""

from samspil_core import Issue, Outcome

__all__ = ["PackageError"]


class PackageError(LookupError):
    """A package that was asked for cannot be read or found, or a snapshot cannot be made.

    `outcome` holds the findings, each with a permanent code and what to do.
    """

    def __init__(self, *issues: Issue) -> None:
        super().__init__("; ".join(f"{issue.text} {issue.fix}" for issue in issues))
        self.outcome = Outcome(issues)
