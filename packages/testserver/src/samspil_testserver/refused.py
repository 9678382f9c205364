"""A request that cannot be done."""

from samspil_core import Issue

__all__ = ["Refused"]


class Refused(ValueError):
    """A request cannot be done; `issue` says why, `status` is the HTTP status where it is not that of the issue."""

    def __init__(self, issue: Issue, status: int | None = None) -> None:
        super().__init__(issue.code)
        self.issue = issue
        self.status = status
