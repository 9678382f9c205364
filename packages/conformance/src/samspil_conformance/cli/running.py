"""`run`, `replay` and `attest`: what makes a bundle."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import click

from samspil_conformance.attestation import add_answers, read_answers
from samspil_conformance.chance import Clock, moment
from samspil_conformance.evidence import bundle_name, evidence_files, pack
from samspil_conformance.executor import run_suite
from samspil_conformance.record import Event
from samspil_conformance.run import Run
from samspil_conformance.suite import load_suite
from samspil_conformance.sut import Sut
from samspil_conformance.sut.identity import Identity, Mask
from samspil_conformance.verdict import exit_status

from .common import CouldNotRun, bundle_run, clock_of, key_of, known_suite, readable, say, sut_of

__all__ = ["attest", "replay", "run"]

out_option = click.option("--out", default=".", show_default=True, metavar="DIR", help="Where the bundle is written.")
key_option = click.option("--key", metavar="FILE", help="Ed25519 private key (PEM) that signs the bundle.")


@click.command()
@click.argument("suite")
@click.option("--sut", "told", required=True, metavar="FILE", help="sut.yaml, the URL of a FHIR server, or `demo`.")
@out_option
@click.option("--seed", default="0", show_default=True, help="The same seed gives the same ids and the same data.")
@click.option("--clock", metavar="INSTANT", help="Time of the run.  [default: now; fixed for the demonstration]")
@click.option("--only", multiple=True, metavar="ID", help="Run only this scenario; may be given again.")
@click.option("--answers", metavar="FILE", help="Answers of people to the questions of the suite.")
@key_option
@readable
def run(  # noqa: PLR0913, PLR0917  a run is what is asked, of what, when, and with which chance
    suite: str,
    told: str,
    out: str,
    seed: str,
    clock: str | None,
    only: tuple[str, ...],
    answers: str | None,
    key: str | None,
) -> int:
    """Run SUITE against a system and write the evidence.

    Exit status: 0 every scenario judged and none failed, 1 something failed or is left to a person, 2 could not judge.

    Example: samspil conformance run ehds-logging --sut sut.yaml --out evidence
    """
    found = load_suite(known_suite(suite))
    if strange := sorted(set(only) - {one.id for one in found.scenarios}):
        raise CouldNotRun(f"{suite} has no scenario {strange[0]}")
    time = clock_of(clock, demo=told.startswith("demo"))
    system = sut_of(told, suite, time, seed)
    given = read_answers(Path(answers)) if answers else None
    done = run_suite(
        found,
        system,
        clock=time,
        seed=seed,
        only=set(only) or None,
        answers=given,
        watch=_progress(len(found.scenarios)),
    )
    attachments = {row["attachment"]: row["data"] for row in given.attached} if given else {}
    _write(done, Path(out), key, attachments)
    return exit_status(done.counts)


def _progress(total: int) -> Callable[[Event], None]:
    done = 0

    def watch(event: Event) -> None:
        nonlocal done
        if event.get("direction") == "trigger":
            say(f"the system is to {event['request']['action']} now")
        if event["event"] == "result":
            done += 1
            if event["result"] not in {"pass", "not-applicable"}:
                say(f"[{done}/{total}] {event['result']} {event['scenario']}: {event['reason']}")

    return watch


def _write(done: Run, folder: Path, key: str | None, attachments: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / bundle_name(done)
    path.write_bytes(pack(evidence_files(done, key_of(key), attachments)))
    say(f"{done.approval}: " + ", ".join(f"{number} {word}" for word, number in done.counts.items() if number))
    click.echo(path)


@click.command()
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@out_option
@key_option
@readable
def replay(bundle: Path, out: str, key: str | None) -> int:
    """Judge the exchanges of BUNDLE anew, without the system.

    The suite as it is installed now puts its questions to the record. Where it asks something that was not recorded, the
    scenario ends as an error.

    Example: samspil conformance replay evidence.zip --out again
    """
    files, old = bundle_run(bundle)
    head = old.head
    system = Sut(
        identity=Identity(**head["sut"]),
        base=head["base"],
        only_modes=tuple(head["modes"]),
        claims=frozenset(head["claims"]),
        settings=head["settings"],
        mask=Mask(
            headers=head["mask"]["headers"], json_keys=head["mask"]["json_keys"], patterns=head["mask"]["patterns"][1:]
        ),
    )
    clock = Clock(moment(head["clock"]["started"]))
    done = run_suite(
        known_suite(head["suite"]["id"]),
        system,
        clock=clock,
        seed=head["seed"],
        only=head["only"],
        recorded=old,
    )
    _write(done, Path(out), key, _attachments(files))
    return exit_status(done.counts)


def _attachments(files: dict[str, bytes]) -> dict[str, bytes]:
    return {
        name.removeprefix("attestations/"): data for name, data in files.items() if name.startswith("attestations/")
    }


@click.command()
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--answers", metavar="FILE", help="A file of answers, as `--print` lays it out.")
@click.option("--print", "printed", is_flag=True, help="Print the open questions as a file of answers to be filled in.")
@click.option("--grade", multiple=True, metavar="ID=F3", help="Grade a failed scenario anew; needs --who and --why.")
@click.option("--who", metavar="NAME", help="Who grades.")
@click.option("--why", metavar="TEXT", help="Why the grade is another one.")
@click.option("--clock", metavar="INSTANT", help="When.  [default: now]")
@out_option
@key_option
@readable
def attest(  # noqa: PLR0913, PLR0917  each option is one of the things a person says
    bundle: Path,
    answers: str | None,
    printed: bool,  # noqa: FBT001  a flag of the command line
    grade: tuple[str, ...],
    who: str | None,
    why: str | None,
    clock: str | None,
    out: str,
    key: str | None,
) -> int:
    """Add what people judged to the record of BUNDLE, and write the bundle anew.

    The record goes on where it ended: nothing in it is changed, and every grade and answer names who and when.

    Example: samspil conformance attest evidence-ehr-1.0-0123456789ab.zip --print > answers.yaml
    """
    files, old = bundle_run(bundle)
    if printed:
        click.echo(open_questions(old), nl=False)
        return 0
    given = read_answers(Path(answers)) if answers else None
    attachments = _attachments(files) | ({row["attachment"]: row["data"] for row in given.attached} if given else {})
    try:
        grades = [_grade(one) for one in grade]
        done = add_answers(old, given, grades, who=who, why=why, clock=clock_of(clock))
    except ValueError as fault:
        raise CouldNotRun(str(fault)) from None
    say(f"record of {len(old.events)} events, SHA-256 {hashlib.sha256(old.lines()).hexdigest()[:12]}, goes on")
    _write(done, Path(out), key, attachments)
    return exit_status(done.counts)


def _grade(text: str) -> tuple[str, str]:
    name, _, grade = text.rpartition("=")
    if not name:
        raise ValueError(f"{text!r}: write ID=F3")
    return name, grade


def open_questions(run: Run) -> str:
    """The questions of a run that nobody has answered, as a file of answers to be filled in."""
    rows = [
        _row(one.id, question) for one in run.scenarios.values() for question in one.questions if not question["answer"]
    ]
    if not rows:
        return "answers: []\n"
    head = "# result: pass, fail or not-applicable. attachment: a file beside this one; without one, remove the line.\n"
    return head + "answers:\n" + "".join(rows)


def _row(scenario: str, question: Event) -> str:
    return (
        f"  - scenario: {_quoted(scenario)}\n    question: {_quoted(question['question'])}\n"
        f'    # expected: {question["expected"]}\n    result:\n    observed: ""\n    who: ""\n'
        f'    when: "" # such as 2026-01-01T09:00:00Z\n    attachment: ""\n'
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
