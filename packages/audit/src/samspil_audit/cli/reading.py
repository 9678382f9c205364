"""`samspil audit report`, `export` and `sample`."""

import sys
from pathlib import Path

import click

from samspil_audit.export import FORMATS, export_folder, export_records
from samspil_audit.record import Server, log_event
from samspil_audit.report import NotTheirs, Reader, access_report, as_bundle, as_html, as_text, load_rules
from samspil_audit.upkeep import sample_check
from samspil_core import dumps

from .common import CouldNotRun, by_option, ids, log_options, moment, opened, readable, show


@click.command()
@click.option("--subject", required=True, metavar="WHO", help="Patient/ID, or SYSTEM|NUMBER.")
@click.option("--reader", metavar="WHO", help="Who asks: the subject (default), or who acts for them.")
@click.option("--represents", multiple=True, metavar="WHO", help="A person the reader acts for; repeatable.")
@click.option("--language", type=click.Choice(["en", "da", "sv"]), default="en", show_default=True)
@click.option("--format", "shape", type=click.Choice(["text", "html", "fhir"]), default="text", show_default=True)
@click.option("--withhold", metavar="FILE", help="Rules of Art. 9(3), JSON.")
@click.option("--since", metavar="DATE", help="Accesses from then on.")
@click.option("--until", metavar="DATE", help="Accesses before then.")
@log_options
@readable
def report(  # noqa: PLR0913, PLR0917  the command's options
    subject: str,
    reader: str | None,
    represents: tuple[str, ...],
    language: str,
    shape: str,
    withhold: str | None,
    since: str | None,
    until: str | None,
    place: str,
    keys: str | None,
) -> int:
    """Answer a person who asks who has seen their data (EHDS Art. 9). Reading it is itself recorded.

    Example: samspil audit report --subject Patient/1 --language da
    """
    who = Reader((reader or subject, *represents), {"display": "reader of an access report"})
    rules = load_rules(withhold) if withhold else ()
    with opened(place, keys) as log:
        try:
            made = access_report(log, subject, who, ids=ids(), rules=rules, since=moment(since), until=moment(until))
        except NotTheirs as fault:
            return show(fault.outcome)
        if shape == "fhir":
            sys.stdout.buffer.write(dumps(as_bundle(made, log)) + b"\n")
        else:
            click.echo((as_html if shape == "html" else as_text)(made, language), nl=False)  # pyright: ignore[reportArgumentType]
    return 0


@click.command()
@click.option("--format", "shape", type=click.Choice(["folder", *FORMATS]), default="ndjson", show_default=True)
@click.option("--to", "folder", metavar="FOLDER", help="New folder, for --format folder.")
@click.option("--disclose", is_flag=True, help="With the key of each record, for --format folder.")
@click.option("--since", metavar="DATE", help="Records from then on.")
@click.option("--until", metavar="DATE", help="Records before then.")
@by_option
@log_options
def export(  # noqa: PLR0913, PLR0917  the command's options
    shape: str,
    folder: str | None,
    disclose: bool,  # noqa: FBT001  click hands flags over by position
    since: str | None,
    until: str | None,
    by: str | None,
    place: str,
    keys: str | None,
) -> None:
    """Export records, or the whole log as a FOLDER that verify.py in it verifies anywhere. It is itself recorded.

    Example: samspil audit export --format folder --to export
    """
    if shape == "folder" and (folder is None or (Path(folder).exists() and any(Path(folder).iterdir()))):
        raise CouldNotRun("name a new or empty folder: --to FOLDER")
    with opened(place, keys) as log:
        log.append(
            log_event(
                event_id=ids()(),
                recorded=log.clock().isoformat(timespec="milliseconds"),
                deed="export",
                server=Server(),
                by={"display": by} if by else None,
                details={"format": shape, "disclosed": str(disclose)},
            )
        )
        if shape == "folder" and folder is not None:
            count = export_folder(log, folder, (lambda _row: True) if disclose else None)
            click.echo(f"{count} records in {folder}; verify them with: python {folder}/verify.py {folder}", err=True)
            return
        for line in export_records(log.between(moment(since), moment(until)), shape):  # pyright: ignore[reportArgumentType]
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


@click.command()
@click.option("--count", type=click.IntRange(1), default=10, show_default=True, help="Records to draw.")
@click.option("--seed", required=True, help="Text the draw follows from: the same seed draws the same records.")
@click.option("--since", metavar="DATE", help="Records from then on.")
@click.option("--until", metavar="DATE", help="Records before then.")
@by_option
@log_options
def sample(  # noqa: PLR0913, PLR0917  the command's options
    count: int, seed: str, since: str | None, until: str | None, by: str | None, place: str, keys: str | None
) -> None:
    """Draw records to look through, NDJSON. That the check was made is recorded with its seed.

    Example: samspil audit sample --seed 2026-W48 --count 20 --by "A. Revisor"
    """
    who = {"display": by} if by else None
    with opened(place, keys) as log:
        found = sample_check(log, count, seed, ids=ids(), since=moment(since), until=moment(until), by=who)
        for line in export_records(found, "ndjson"):
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
