"""`samspil conformance`."""

import click

__all__ = ["group"]


@click.group("conformance")
def group() -> None:
    """Conformance suites, requirement by requirement, with evidence that can be filed."""
