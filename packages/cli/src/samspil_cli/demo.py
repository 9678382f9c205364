"""`samspil demo`: the main job of each module on input that travels with it.

A module registers `run(console: rich.console.Console) -> int` in the entry point group `samspil.demos`; the number is
an exit status.
"""

import click

from samspil_cli import plugins


@click.command("demo")
@click.argument("name", required=False)
def demo(name: str | None) -> int:
    """Run the main job on bundled input, of every module or of the one NAMED.

    Example: samspil demo hl7v2
    """
    found = plugins.find(plugins.DEMOS)
    if name and name not in found:
        installed = found and name in plugins.find(plugins.COMMANDS)
        more = f"There are {', '.join(found)}" if installed else plugins.advice(name)
        raise plugins.NotInstalled(f"there is no demonstration of {name}. {more}")
    if not found:
        raise plugins.NotInstalled("no module is installed: pip install 'samspil[all]'")
    runs = [plugins.load(point) for point in found.values() if name in (None, point.name)]
    from rich.console import Console  # a tenth of the time it takes the command to start

    class Shown(Console):
        def on_broken_pipe(self) -> None:  # rich leaves with 1, which here means findings
            raise BrokenPipeError

    console = Shown(highlight=False)
    return max(run(console) for run in runs)
