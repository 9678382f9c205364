"""A rule on a node, with a few definitions around it: no package of FHIR definitions is needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from samspil_validation.context import IN, OUT, UNKNOWN, Answer, Context, Settings, Target
from samspil_validation.place import root

RESOURCES = (
    "Patient",
    "Observation",
    "Organization",
    "Composition",
    "List",
    "Binary",
    "OperationOutcome",
    "Practitioner",
)


@dataclass(eq=False)
class Definitions:
    """The definitions in force: some types of resource, and the resources a test lays beside."""

    resources: list[dict[str, Any]] = field(default_factory=list)

    def find(self, kind, canonical):
        url = canonical.partition("|")[0]
        return next((e for e in self.resources if e["resourceType"] == kind and e.get("url") == url), None)

    def heading(self, kind, name):
        if kind == "StructureDefinition" and name in RESOURCES:
            return SimpleNamespace(kind="resource", type=kind)
        found = self.find(kind, name)
        return None if found is None else SimpleNamespace(kind=found.get("kind", ""), type=kind)

    def code_system(self, canonical):
        return self.find("CodeSystem", canonical)

    def supplements(self, _url):
        return [e for e in self.resources if e.get("content") == "supplement"]

    def versions(self, kind, url):
        return tuple(e.get("version", "") for e in self.resources if e["resourceType"] == kind and e.get("url") == url)

    def structure(self, name):
        if name in RESOURCES:
            return {"resourceType": "StructureDefinition", "type": name, "kind": "resource"}
        return self.find("StructureDefinition", name) or next(
            (e for e in self.resources if e["resourceType"] == "StructureDefinition" and e.get("id") == name), None
        )


class Terminology:
    """Answers from the concepts of the code systems and the listed codes of the value sets laid beside."""

    def __init__(self, definitions):
        self.definitions = definitions

    def ask(self, system, code, value_set="", **_more):
        holder = self.definitions.find("ValueSet" if value_set else "CodeSystem", value_set or system)
        if holder is None:
            return Answer(UNKNOWN)
        if value_set:
            listed = [c for i in holder["compose"]["include"] if i["system"] == system for c in i["concept"]]
        else:
            listed = holder.get("concept", [])
        found = next((each for each in listed if each["code"] == code), None)
        if found is None:
            return Answer(OUT)
        return Answer(IN, found.get("display", ""))

    def system(self, url, _version=""):
        found = self.definitions.find("CodeSystem", url)
        displays: dict[str, list[str]] = {}
        for each in [found, *self.definitions.supplements(url)] if found else ():
            for concept in each.get("concept", ()):
                texts = [concept.get("display"), *(one["value"] for one in concept.get("designation", ()))]
                displays.setdefault(concept["code"], []).extend(filter(None, texts))
        return SimpleNamespace(displays=displays) if found else None

    def ask_plain(self, code, value_set):
        holder = self.definitions.find("ValueSet", value_set)
        codes = {c["code"] for i in holder["compose"]["include"] for c in i["concept"]}
        return Answer(IN if code in codes else OUT)


class Run:
    """What a rule may ask of a run."""

    def __init__(self, release, settings, definitions, evaluate):
        self.release = release
        self.settings = settings
        self.definitions = definitions
        self.terminology = Terminology(definitions)
        self.schema = SimpleNamespace(resource_types=frozenset(RESOURCES))
        self.id_twice = True
        self.work = 0
        self._evaluate = evaluate

    def profiles_of(self, resource):
        return tuple(resource.get("meta", {}).get("profile", ()))

    def find_definition(self, kind, canonical):
        return self.definitions.find(kind, canonical)

    def resolve(self, reference, context):
        for each in context.resource.get("contained", ()):
            if f"#{each.get('id')}" == reference:
                return Target(each, "contained", context.place)
        return None

    def evaluate(self, expression, _node, _context):
        return self._evaluate(expression)


def no_engine(expression):
    raise ValueError(expression)


@pytest.fixture
def check():
    """Run a rule: `check(rule, node, *definitions, ...)` gives the codes and places of what it finds."""

    def run(
        rule,
        node,
        *beside,
        release="R4",
        holders=(),
        resource=None,
        settings=None,
        evaluate=no_engine,
        whole=False,
        against=None,
    ):
        place = root(node.get("resourceType", "Element"))
        state = Run(release, settings or Settings(), Definitions(list(beside)), evaluate)
        state.against = against or (lambda *_: None)
        context = Context(state, node, place, resource or node, resource or node, holders)
        found = list(rule(node, context))
        return found if whole else [(issue.code.removeprefix("SAM-VAL-"), issue.where) for issue in found]

    return run
