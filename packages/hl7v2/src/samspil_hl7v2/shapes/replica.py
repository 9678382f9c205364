"""The conversion itself, once more, with symbols instead of texts.

Recording runs the functions that convert, the compiled tables included, and no others: each is the same code, which finds
other things under some of the names it uses. What takes a text apart by its outline stays as it is; what looks into a text
(to read a date, to look up a code, to make an id) is replaced by a call that is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any

from samspil_hl7v2 import bundle, coding, engine, identity, positions, primitives, report
from samspil_hl7v2.context import Context, Made, Resource
from samspil_hl7v2.mapping.compiled import Program
from samspil_hl7v2.mapping.rows import Vocabulary

from .recorder import Recorder
from .stand_ins import Book, length, rule, stand_ins, value

Names = dict[str, Any]


def replica(names: Names, others: Names) -> Names:
    """Functions that find `others` under their names, and each other, and are the same otherwise."""
    made = {**names, **others}
    for name, item in names.items():
        if name not in others and isinstance(item, FunctionType) and item.__globals__ is names:
            made[name] = FunctionType(item.__code__, made, name, item.__defaults__, item.__closure__)
            made[name].__kwdefaults__ = item.__kwdefaults__
    return made


@dataclass(slots=True, eq=False)
class RecordingContext(Context):
    """The state of a conversion that is recorded: contents are compared symbol by symbol, not by their JSON text."""

    recorder: Recorder = field(default_factory=Recorder)
    bodies: list[tuple[str, Resource, Made]] = field(default_factory=list[tuple[str, Resource, Made]])

    def made(self, type_: str, body: Resource) -> Resource:
        """As of every context."""
        for known, then, made in self.bodies:
            if known == type_ and self.recorder.alike(then, body, ordered=True):
                if self.trace:
                    self.equal(body, made.body)
                break
        else:
            made = Made(type_, body)
            self.bodies.append((type_, identity.copy(body), made))
            self.resources.append(made)
            made.number = len(self.resources)
        reference: Resource = {"reference": f"#{made.number}"}
        made.references.append(reference)
        return reference

    def join(self, values: list[Any], value: Any) -> None:
        """As of every context."""
        for each in values:
            if self.recorder.alike(each, value, ordered=False):
                if self.trace:
                    self.equal(value, each)
                return
        values.append(value)


def engine_replica(recorder: Recorder) -> Callable[..., engine.Carried]:
    """`engine.carry_over`, recorded."""
    others = stand_ins(recorder)
    parts = {
        "finish": replica(identity.__dict__, others)["finish"],
        "bundle": replica(bundle.__dict__, others)["bundle"],
        "report": replica(report.__dict__, others)["report"],
    }
    return replica(engine.__dict__, parts)["carry_over"]


def program_replica(program: Program, recorder: Recorder) -> Program:
    """A compiled message table, recorded."""
    names = program.library.space
    with program.library.lock:
        space = replica(names, _others(names, recorder))
    return replace(program, space=space, entries={}, simple={})


def _others(names: Names, recorder: Recorder) -> Names:
    """What a compiled table finds under the names it uses."""
    others = stand_ins(recorder)
    values = {
        name: value(recorder, names[name])
        for name in names
        if name.startswith("as_") and name not in {"as_dateTime", "as_instant"}  # these two ask `dated`
    }
    writers = replica(primitives.__dict__, others | values)
    readers = replica(positions.__dict__, others)
    found = {name: writers[name] for name in names if name.startswith(("as_", "put_"))}
    found |= {name: readers[name] for name in names if name in positions.__dict__ and not name.startswith("_")}
    found |= {name: rule(recorder, each) for name, each in names.items() if name.startswith("rule_")}
    found |= {name: Book(recorder, each) for name, each in names.items() if isinstance(each, Vocabulary)}
    found["translate"] = replica(coding.__dict__, others)["translate"]
    found["own_system"] = others["own_system"]
    found["len"] = length
    return found
