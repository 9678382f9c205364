"""`samspil completion`: the script by which a shell completes commands and options."""

import click
from click.shell_completion import get_completion_class

VARIABLE = "_SAMSPIL_COMPLETE"
"""The environment variable by which the script asks the command."""


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands and options in SHELL.

    Example: samspil completion bash > ~/.local/share/bash-completion/completions/samspil

    Example: samspil completion zsh > ~/.zfunc/_samspil

    Example: samspil completion fish > ~/.config/fish/completions/samspil.fish
    """
    maker = get_completion_class(shell)
    if maker is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    click.echo(maker(ctx.find_root().command, {}, "samspil", VARIABLE).source())
