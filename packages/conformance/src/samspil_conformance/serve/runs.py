"""The runs of the page: each in a thread of its own, its events kept as they come."""

import threading
from collections.abc import Callable, Mapping

from samspil_conformance.attestation import Answers, add_answers
from samspil_conformance.chance import Clock
from samspil_conformance.evidence import Key, bundle_name, evidence_files, pack
from samspil_conformance.executor import run_suite
from samspil_conformance.reasons import danish
from samspil_conformance.record import Event
from samspil_conformance.run import Run
from samspil_conformance.suite import Suite
from samspil_conformance.sut import Sut

__all__ = ["Running", "Runs", "brief"]


class Running:
    """One run: what has happened so far, and what came of it."""

    def __init__(self, number: int, suite: Suite) -> None:
        self.number = number
        self.suite = suite
        self.events: list[Event] = []
        self.run: Run | None = None
        self.fault = ""
        self.attachments: dict[str, bytes] = {}
        self._news = threading.Condition()
        self._bundle: tuple[str, bytes] | None = None

    @property
    def done(self) -> bool:
        """Whether it is over."""
        return self.run is not None or bool(self.fault)

    def see(self, event: Event) -> None:
        """Take an event as it happens."""
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def end(self, run: Run | None, fault: str = "") -> None:
        """Take what came of it."""
        with self._news:
            self.run, self.fault, self._bundle = run, fault, None
            if run:
                self.events = list(run.events)
            self._news.notify_all()

    def since(self, after: int, patience: float) -> list[Event]:
        """The events after the first `after`; waits for news for `patience` seconds."""
        with self._news:
            self._news.wait_for(lambda: len(self.events) > after or self.done, timeout=patience)
            return self.events[after:]

    def answer(self, answers: Answers, clock: Clock) -> None:
        """Add what a person judged. Raises ValueError."""
        if self.run is None:
            raise ValueError("the run is not over")
        self.attachments |= {str(row["attachment"]): row["data"] for row in answers.attached}
        self.end(add_answers(self.run, answers, clock=clock))

    def bundle(self, key: Key | None) -> tuple[str, bytes]:
        """The name and the bytes of the evidence. Raises ValueError before the end."""
        if self.run is None:
            raise ValueError("the run is not over")
        if self._bundle is None:
            self._bundle = bundle_name(self.run), pack(evidence_files(self.run, key, self.attachments))
        return self._bundle


class Runs:
    """The runs since the page was started."""

    def __init__(self) -> None:
        self._runs: dict[int, Running] = {}

    def find(self, number: int) -> Running | None:
        """A run by its number."""
        return self._runs.get(number)

    def start(self, suite: Suite, make: Callable[[], Sut], clock: Clock, seed: str) -> Running:
        """Start a run; the system is made in its thread."""
        running = self._runs[len(self._runs) + 1] = Running(len(self._runs) + 1, suite)

        def work() -> None:
            try:
                running.end(run_suite(suite, make(), clock=clock, seed=seed, watch=running.see))
            except Exception as fault:  # noqa: BLE001  whatever stops it is told on the page
                running.end(None, f"{type(fault).__name__}: {fault}")

        threading.Thread(target=work, daemon=True).start()
        return running


def brief(event: Event) -> Mapping[str, object] | None:
    """What the page shows of an event; None of what it does not."""
    kind = event["event"]
    if kind == "scenario":
        return {"event": kind, "scenario": event["scenario"], "title": event["title"], "severity": event["severity"]}
    if kind == "exchange":
        asked = event["request"]
        text = f"{asked['method']} {asked['url']}" if "method" in asked else event["direction"]
        return {"event": kind, "text": text, "status": event["response"].get("status", "")}
    if kind == "question":
        names = ("event", "scenario", "question", "expected", "da")
        return {name: event[name] for name in names if name in event}
    if kind == "result":
        return {
            "event": kind,
            "scenario": event["scenario"],
            "result": event["result"],
            "reason": _both(event["reason"]),
        }
    return None


def _both(reason: str) -> dict[str, str]:
    return {"en": reason, "da": danish(reason)}
