"""`samspil plugins`: what is installed."""

import json

import click

from samspil_cli import plugins


@click.command("plugins")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
def listing(shape: str) -> None:
    """List the commands, demonstrations and ports that the installed packages bring.

    Example: samspil plugins --format json
    """
    rows = plugins.rows()
    if shape == "json":
        click.echo(json.dumps(rows, indent=2))
    elif rows:
        click.echo(_table(rows))
    else:
        click.echo("no module is installed: pip install 'samspil[all]'", err=True)


def _table(rows: list[dict[str, str]]) -> str:
    widths = {key: max(len(row[key]) for row in rows) for key in rows[0]}
    return "\n".join("  ".join(row[key].ljust(widths[key]) for key in row).rstrip() for row in rows)
