"""`samspil audit checkpoint`, `prove` and `verify`."""

from pathlib import Path

import click

from samspil_audit import offline_verifier
from samspil_audit.note import BadNote, Verifier
from samspil_audit.proof import Proof
from samspil_audit.verify import verify as verify_log
from samspil_core.textfile import read_text

from .common import CouldNotRun, log_options, opened, show


@click.command()
@click.option("--key", "show_key", is_flag=True, help="Print the public key of the log instead.")
@log_options
def checkpoint(show_key: bool, place: str, keys: str | None) -> None:  # noqa: FBT001  click hands flags over by position
    """Print the signed checkpoint: keep it where the log is not.

    Example: samspil audit checkpoint > $(date +%F).checkpoint
    """
    with opened(place, keys) as log:
        click.echo(f"{log.keys.verifier}\n" if show_key else log.checkpoint(), nl=False)


@click.command()
@click.argument("record", metavar="ID|INDEX")
@log_options
def prove(record: str, place: str, keys: str | None) -> None:
    """Print the proof that a record is in the log; ID is that of the AuditEvent.

    Example: samspil audit prove 0 > record.proof
    """
    with opened(place, keys) as log:
        found = log.find(record)
        index = found.index if found else int(record) if record.isdigit() else None
        if index is None:
            raise CouldNotRun("there is no record of that id")
        try:
            proof = log.prove(index)
        except LookupError as fault:
            raise CouldNotRun(str(fault).strip("'")) from None
        click.echo(proof.text(), nl=False)


@click.command()
@click.argument("target", required=False, metavar="[FOLDER|PROOF]")
@click.option("--checkpoint", "kept", multiple=True, metavar="FILE", help="Checkpoint kept elsewhere; repeatable.")
@click.option("--key", "key_file", metavar="FILE", help="Public key, to verify a proof.")
@log_options
def verify(target: str | None, kept: tuple[str, ...], key_file: str | None, place: str, keys: str | None) -> int:
    """Verify the log, an exported FOLDER, or the PROOF of one record; the first wrong index is named.

    Example: samspil audit verify --checkpoint 2026-01-01.checkpoint
    """
    if target and Path(target).is_dir():
        arguments = [target, *(part for path in kept[:1] for part in ("--checkpoint", path))]
        return offline_verifier.main(arguments)
    if target:
        return _verify_proof(target, key_file)
    if not place.startswith(("postgresql://", "postgres://")) and not Path(place).exists():
        raise CouldNotRun(f"{place} is not there")
    notes = [read_text(path) for path in kept]
    with opened(place, keys) as log:
        verdict = verify_log(log, notes)
    if verdict.ok:
        click.echo(f"{verdict.verified} records verified")
    else:
        click.echo("not verified" if verdict.first_bad is None else f"first bad index: {verdict.first_bad}")
    return show(verdict.outcome)


def _verify_proof(path: str, key_file: str | None) -> int:
    if key_file is None:
        raise CouldNotRun("a proof is verified with the public key of the log: --key FILE")
    try:
        proof = Proof.parse(read_text(path))
        holds = proof.holds(Verifier.parse(read_text(key_file)))
    except BadNote as fault:
        raise CouldNotRun(str(fault)) from None
    click.echo(f"record {proof.index} {'is' if holds else 'is NOT'} in the log of {proof.size} records")
    return 0 if holds else 1
