"""`samspil audit purge`, `hold` and `erase`."""

import click

from samspil_audit.retention import load_policy
from samspil_audit.retention import purge as purge_log
from samspil_audit.upkeep import erase as erase_subject
from samspil_audit.upkeep import hold as hold_subject

from .common import by_option, ids, log_options, opened, readable, show


@click.command()
@click.option("--policy", "policy_file", required=True, metavar="FILE", help="Retention policy, JSON.")
@by_option
@log_options
@readable
def purge(policy_file: str, by: str | None, place: str, keys: str | None) -> int:
    """Remove records whose time has come; their hashes stay, and the purge is recorded.

    Example: samspil audit purge --policy retention.json --by "A. Archivist"
    """
    policy = load_policy(policy_file)
    if not policy.check().ok:
        return show(policy.check())
    with opened(place, keys) as log:
        count = purge_log(log, policy, ids=ids(), by={"display": by} if by else None)
    click.echo(f"{count} records purged", err=True)
    return 0


@click.command()
@click.option("--subject", required=True, metavar="WHO", help="Patient/ID, or SYSTEM|NUMBER.")
@click.option("--reason", required=True, help="Why; an empty one ends the hold.")
@by_option
@log_options
def hold(subject: str, reason: str, by: str | None, place: str, keys: str | None) -> None:
    """Keep a person's records from being purged (legal hold). It is recorded.

    Example: samspil audit hold --subject Patient/1 --reason "case 12/2026"
    """
    with opened(place, keys) as log:
        hold_subject(log, subject, ids=ids(), reason=reason, by={"display": by} if by else None)


@click.command()
@click.option("--subject", required=True, metavar="WHO", help="Patient/ID, or SYSTEM|NUMBER.")
@click.option("--reason", required=True, help="Why, for the record of it.")
@by_option
@log_options
@click.confirmation_option(prompt="The records of this person can never be read again. Go on?")
def erase(subject: str, reason: str, by: str | None, place: str, keys: str | None) -> int:
    """Destroy a person's keys: their records can never be read again; every proof stays valid. It is recorded.

    Example: samspil audit erase --subject Patient/1 --reason "order 7/2026" --yes
    """
    with opened(place, keys) as log:
        count = erase_subject(log, subject, ids=ids(), reason=reason, by={"display": by} if by else None)
    click.echo(f"{count} keys destroyed", err=True)
    return 0 if count else 1
