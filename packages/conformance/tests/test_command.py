"""The command `samspil conformance`."""

from click.testing import CliRunner

from samspil_conformance.cli import group


def test_the_group_says_what_it_is_for() -> None:
    answer = CliRunner().invoke(group, ["--help"])
    assert answer.exit_code == 0
    assert "requirement by requirement" in answer.output
