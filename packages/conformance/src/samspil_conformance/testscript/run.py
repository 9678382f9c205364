"""A run of a script: setup, tests, teardown; every action gives one result.

A failing assert ends its test only where it says so (`stopTestOnFail`): the ones after it are about the same answer. Tests
are not run after a setup that failed. https://hl7.org/fhir/R4/testscript.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from .asserts import Bench, judge
from .examples import Examples
from .exchange import Content, Exchange, Message
from .faults import ScriptFault
from .fixtures import StandIn, Unreachable, find_fixture
from .profiles import Profiles
from .requests import CannotSend, build, has_body
from .results import Result, ScriptReport, Verdict
from .script import Action, Assert, Fixture, Operation, Script, Section
from .subtests import run_subtest, subtest_of
from .variables import BadVariable, NoValue, Values

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Asked", "Client", "Send", "Settings", "Target", "Unavailable", "run_script"]

Send = Callable[[Message], Message]
"""Sends a request and gives its answer. Raises `Unavailable`."""


class Unavailable(ConnectionError):
    """The system under test does not answer."""


@dataclass(frozen=True, slots=True)
class Target:
    """A destination: the base URL of a FHIR server, and how it is reached."""

    base: str
    send: Send


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client under test is asked to send: the operation, its request as far as the script tells it, what follows."""

    script: Script
    operation: Operation
    request: Message
    asserts: Sequence[Assert]
    target: Target
    bench: Bench


class Client(Protocol):
    """A system under test that sends."""

    def act(self, asked: Asked) -> Exchange | None:
        """The exchange of a request that came, or None when none came in time."""
        ...


@dataclass(frozen=True)
class Settings:
    """What a run may use. `given` are values of variables, `library` the scripts that others name, by name."""

    folders: Sequence[Path] = ()
    examples: Examples = field(default_factory=Examples)
    profiles: Profiles = field(default_factory=Profiles)
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    library: Mapping[str, Script] = field(default_factory=dict[str, Script])
    stand_in: StandIn | None = None
    go_on: bool = False
    """Whether tests are run after a setup that failed."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    uuid: Callable[[], str] = lambda: str(uuid4())


def run_script(
    script: Script,
    targets: Mapping[int, Target] | Target,
    settings: Settings | None = None,
    client: Client | None = None,
) -> ScriptReport:
    """Run a script against servers by their destination index, or one server for all.

    With a `client`, operations that have an origin are waited for: the client sends them to the target, which the kit
    plays. Without one the kit sends them itself. Never raises for what a script or a system does.
    """
    return _Run(script, targets, settings or Settings(), client).report()


class _Run:
    def __init__(
        self, script: Script, targets: Mapping[int, Target] | Target, settings: Settings, client: Client | None
    ) -> None:
        self.script = script
        self.settings = settings
        self.client = client
        self.targets = targets
        self.contents: dict[str, Content] = {}
        self.messages: dict[str, Message] = {}
        self.ids: dict[str, tuple[str, str, str]] = {}
        self.unreachable: dict[str, str] = {}
        self.exchanges: list[Exchange] = []
        self.results: list[Result] = []
        self.stand_ins: list[tuple[str, str]] = []
        values = Values(
            script.variables,
            settings.given,
            self.contents,
            self.messages,
            named=script.names,
            now=settings.now,
            uuid=settings.uuid,
        )
        self.bench = Bench(script, self.contents, self.messages, values, settings.profiles, settings.now)
        self.bench.missing = "there was no exchange to judge"

    def report(self) -> ScriptReport:
        self._load()
        for fixture in self.script.fixtures:
            if fixture.create:
                self._create(fixture)
        failed = any(each.verdict in {"fail", "error"} for each in self.results) and not self.settings.go_on
        for section in self.script.sections:
            if section.kind == "test" and failed:
                self._skip(section.actions, "setup failed")
                continue
            self._section(section)
            failed = failed or (section.kind == "setup" and self._ends(section) and not self.settings.go_on)
        for fixture in self.script.fixtures:
            if fixture.delete and fixture.id in self.ids:
                self._delete(fixture)
        return ScriptReport(self.script, self.results, self.exchanges, self.stand_ins)

    def _ends(self, setup: Section) -> bool:
        """Whether a setup failed: an assert that does not say that it is no reason to stop, or an operation."""
        mild = {each.place for each in setup.actions if isinstance(each, Assert) and each.stop is False}
        return any(each.verdict in {"fail", "error"} and each.place not in mild for each in self.results)

    def _load(self) -> None:
        settings = self.settings
        for fixture in self.script.fixtures:
            try:
                content, stand_in = find_fixture(
                    self.script, fixture, settings.folders, settings.examples, settings.stand_in
                )
            except Unreachable as error:
                self.unreachable[fixture.id] = str(error)
                continue
            self.contents[fixture.id] = content
            if stand_in:
                self.stand_ins.append((fixture.id, stand_in))

    def _section(self, section: Section) -> None:
        if section.kind == "test":
            self.bench.last, self.bench.missing = None, "there was no exchange to judge"
        actions = list(self._expanded(section.actions))
        for number, action in enumerate(actions):
            if isinstance(action, Operation):
                self._operation(action, list(_following(actions[number + 1 :])))
                continue
            verdict = self._assert(action)
            if verdict == "fail" and action.stop:
                self._skip(actions[number + 1 :], f"the test ended at {action.place}")
                return

    def _expanded(self, actions: Sequence[Action]) -> Iterator[Action]:
        """The actions, with common ones (R6) in the places that name them."""
        for action in actions:
            if isinstance(action, Operation) and action.common:
                yield from self.script.common.get(action.common, (action,))
            else:
                yield action

    def _skip(self, actions: Sequence[Action], why: str) -> None:
        for action in actions:
            kind = "operation" if isinstance(action, Operation) else "assert"
            self.results.append(Result(action.place, kind, "skip", why, action.label))
            if isinstance(action, Operation):
                self._lose(action, "skip", f"{action.place} was not run: {why}")

    def _assert(self, asked: Assert) -> Verdict:
        named = subtest_of(asked)
        judged = judge(asked, self.bench) if named is None else run_subtest(named, asked, self.bench, self._nested)
        at = len(self.exchanges) - 1 if self.exchanges else None
        verdict, why, script_fault = judged
        self.results.append(Result(asked.place, "assert", verdict, why, asked.label, at, script_fault))
        return verdict

    def _nested(self, name: str, given: Mapping[str, str]) -> ScriptReport | None:
        """The report of another script of the library, run with values from this one."""
        script = self.settings.library.get(name)
        if script is None or script is self.script:
            return None
        known = {key: value for key, value in self.settings.library.items() if key != self.script.name}
        settings = Settings(
            folders=self.settings.folders,
            examples=self.settings.examples,
            profiles=self.settings.profiles,
            given={**self.settings.given, **given},
            library=known,
            stand_in=self.settings.stand_in,
            go_on=self.settings.go_on,
            now=self.settings.now,
            uuid=self.settings.uuid,
        )
        return run_script(script, self.targets, settings, self.client)

    def _operation(self, operation: Operation, asserts: Sequence[Assert]) -> None:
        self.bench.last = None
        waits = self.client is not None and operation.origin is not None
        try:
            target = self._target(operation)
            request = self._request(operation, target, waits=waits)
            exchange = self._exchange(operation, request, target, asserts, waits=waits)
        except NoValue as error:
            self._undone(operation, error.verdict, str(error))
            return
        except (Unreachable, CannotSend) as error:
            self._undone(operation, "inconclusive", str(error))
            return
        except (BadVariable, ScriptFault, Unavailable) as error:
            self._undone(operation, "error", str(error))
            return
        if exchange is None:
            self._undone(operation, "inconclusive", "no request came from the client under test")
            return
        self._record(operation, exchange, waits=waits)
        self.results.append(Result(operation.place, "operation", "pass", "", operation.label, len(self.exchanges) - 1))

    def _undone(self, operation: Operation, verdict: Verdict, why: str) -> None:
        self.results.append(Result(operation.place, "operation", verdict, why, operation.label))
        self.bench.missing = f"{operation.place} could not be carried out: {why}"
        self.bench.outcome = "skip" if verdict == "error" else verdict
        self._lose(operation, verdict, self.bench.missing)

    def _lose(self, operation: Operation, verdict: Verdict, why: str) -> None:
        """Remember what an operation has not recorded, and why: asserts that name it are not judged."""
        sent = operation.source if operation.origin is not None else ""
        for name in (operation.response_id, operation.request_id, sent):
            if name:
                self.bench.lost[name] = ("skip" if verdict == "error" else verdict, why)
                self.bench.values.lost[name] = verdict

    def _target(self, operation: Operation) -> Target:
        if isinstance(self.targets, Target):
            return self.targets
        index = operation.destination or 1
        if index not in self.targets:
            raise CannotSend(f"no system is given for destination {index}")
        return self.targets[index]

    def _request(self, operation: Operation, target: Target, *, waits: bool) -> Message:
        if operation.unknown:
            raise CannotSend(f"the meaning of {', '.join(operation.unknown)} is not known")
        if operation.common:
            raise CannotSend(f"the script has no common action {operation.common}")
        sent = operation.source if has_body(operation) else ""
        body = self.contents.get(sent) if sent else None
        if sent and body is None and not waits:
            raise Unreachable(self.unreachable.get(sent, f"nothing is known of {sent}"))
        return build(operation, target.base, self.bench.values, body, self._known(operation.target))

    def _known(self, name: str) -> tuple[str, str, str] | None:
        """Type, id and version of what was recorded under an id."""
        if not name:
            return None
        if name in self.ids:
            return self.ids[name]
        content = self.contents.get(name)
        resource = content.json if content else None
        if resource is None:
            return None
        version = str(resource.get("meta", {}).get("versionId", ""))
        return str(resource["resourceType"]), str(resource.get("id", "")), version

    def _exchange(
        self, operation: Operation, request: Message, target: Target, asserts: Sequence[Assert], *, waits: bool
    ) -> Exchange | None:
        if waits and self.client is not None:
            return self.client.act(Asked(self.script, operation, request, asserts, target, self.bench))
        return Exchange(request, target.send(request))

    def _record(self, operation: Operation, exchange: Exchange, *, waits: bool) -> None:
        self.exchanges.append(exchange)
        self.bench.last = exchange
        self.bench.values.last = exchange.response
        if operation.request_id:
            self.messages[operation.request_id] = exchange.request
            self.contents[operation.request_id] = exchange.request.content
        if operation.response_id:
            self.messages[operation.response_id] = exchange.response
            self.contents[operation.response_id] = exchange.response.content
        if operation.source and waits and exchange.request.content.data:
            self.contents[operation.source] = exchange.request.content  # what the client sent is what is known now
            self.messages.setdefault(operation.source, exchange.request)
        if operation.source and exchange.request.method == "POST" and operation.code in {"create", ""}:
            self._assigned(operation.source, exchange.response)

    def _assigned(self, name: str, answer: Message) -> None:
        """Remember the id that a server gave to a resource, by its answer's Location or content."""
        steps = [step for step in answer.headers.get("location", "").split("/") if step]
        if "_history" in steps and steps.index("_history") > 1:
            at = steps.index("_history")
            self.ids[name] = (steps[at - 2], steps[at - 1], steps[at + 1] if at + 1 < len(steps) else "")
        elif len(steps) > 1:
            self.ids[name] = (steps[-2], steps[-1], "")
        elif answer.content.json and answer.status < 300:  # noqa: PLR2004  a success
            resource = answer.content.json
            self.ids[name] = (resource["resourceType"], str(resource.get("id", "")), "")

    def _create(self, fixture: Fixture) -> None:
        """Make a fixture of itself: under its own id where it has one, else under the server's."""
        place = f"TestScript.fixture.where(id = '{fixture.id}')"
        known = self._known(fixture.id)
        if known is None:
            why = self.unreachable.get(fixture.id, f"the fixture {fixture.id} is no resource")
            self.results.append(Result(place, "fixture", "inconclusive", why))
            return
        kind, identifier, _ = known
        for target in [self.targets] if isinstance(self.targets, Target) else self.targets.values():
            operation = Operation(
                place,
                "updateCreate" if identifier else "create",
                resource=kind,
                params=f"/{identifier}" if identifier else "",
                source=fixture.id,
            )
            try:
                exchange = Exchange(request := self._request(operation, target, waits=False), target.send(request))
            except (Unavailable, CannotSend, NoValue, BadVariable, ScriptFault) as error:
                self.results.append(Result(place, "fixture", "error", str(error)))
                continue
            self.exchanges.append(exchange)
            made = exchange.response.status in {200, 201}
            if identifier:
                self.ids[fixture.id] = known
            else:
                self._assigned(fixture.id, exchange.response)
            why = "" if made else f"the server answers {exchange.response.status}"
            self.results.append(Result(place, "fixture", "pass" if made else "fail", why, "", len(self.exchanges) - 1))

    def _delete(self, fixture: Fixture) -> None:
        kind, identifier, _ = self.ids[fixture.id]
        place = f"TestScript.fixture.where(id = '{fixture.id}')"
        for target in [self.targets] if isinstance(self.targets, Target) else self.targets.values():
            request = Message({}, method="DELETE", url=f"{target.base}/{kind}/{identifier}")
            try:
                self.exchanges.append(Exchange(request, target.send(request)))
            except Unavailable as error:
                self.results.append(Result(place, "fixture", "error", str(error)))


def _following(actions: Sequence[Action]) -> Iterator[Assert]:
    """The asserts up to the next operation."""
    for action in actions:
        if isinstance(action, Operation):
            return
        yield action
