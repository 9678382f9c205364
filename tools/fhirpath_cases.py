"""HL7's FHIRPath suites as the corpora hold them: reading the cases, and checking one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import tools.fhirpath_xml
from samspil_core.jsontext import loads
from samspil_fhirpath import Environment, FhirPathError, Typed, compile_expression
from samspil_fhirpath.model import load as load_types

FOLDERS = {"R4": "r4", "R5": "r5"}


@dataclass(frozen=True)
class TestCase:
    """One test of a suite."""

    __test__ = False

    id: str
    release: str
    expression: str
    file: Path | None
    mode: str
    predicate: bool
    invalid: str
    outputs: tuple[tuple[str, str], ...]


def load(folder: Path, release: str) -> Iterator[TestCase]:
    """The tests of a release, in the suite's order. `folder` is that of all corpora."""
    root = folder / "validation" / "fhir-test-cases" / "fhirpath" / FOLDERS[release]
    for at, each in enumerate(json.loads((root / "tests.json").read_text(encoding="utf-8"))):
        yield TestCase(
            id=f"{at:03}-{each['group']}-{each['name']}",
            release=release,
            expression=each["expr"],
            file=root / "input" / each["inputfile"] if each["inputfile"] else None,
            mode=each["mode"] or "",
            predicate=each["predicate"] == "true",
            invalid=each["invalid"] or "",
            outputs=tuple((kind or "", text) for kind, text in each["outputs"]),
        )


@cache
def resource(file: Path, release: str) -> Any:
    """The resource of a test, JSON or XML; where the XML file is absent, the same resource as JSON beside it."""
    if file.suffix == ".xml" and file.exists():
        return tools.fhirpath_xml.resource(file.read_bytes(), load_types(release))
    return loads(file.with_suffix(".json").read_bytes())


def check(case: TestCase) -> str | None:
    """Why a case fails, else None."""
    node = resource(case.file, case.release) if case.file else {}
    context = node.get("resourceType", "")
    try:
        run = compile_expression(
            case.expression,
            release=case.release,
            context=context,
            strict=True,
            polymorphic_names="polymorphics" in case.mode,
        )
        found = run.typed(node, environment=Environment())
    except FhirPathError as error:
        return None if case.invalid else f"{type(error).__name__}: {error}"
    if case.invalid:
        return f"no error ({case.invalid} expected), but {found}"
    if case.predicate:
        wanted = [text == "true" for _, text in case.outputs]
        return None if [bool(found) and found[0].value is not False] == wanted else f"predicate of {found}"
    if len(found) != len(case.outputs):
        return f"{len(case.outputs)} values expected, found {found}"
    return next((why for one, wanted in zip(found, case.outputs, strict=True) if (why := differs(one, *wanted))), None)


def differs(found: Typed, kind: str, text: str) -> str | None:
    """Why an item is not the one expected, else None; numbers are compared as numbers."""
    name = found.type.partition(".")[2]
    if kind and name.lower() != kind.lower():
        return f"type {kind} expected, found {found}"
    if written(found) == text.removeprefix("@").removeprefix("T") or number(found.value) == number(text) is not None:
        return None
    return f"{text!r} expected, found {found}"


def number(value: Any) -> Decimal | None:
    """A number, or None."""
    try:
        return None if isinstance(value, bool) else Decimal(value)
    except (ArithmeticError, TypeError, ValueError):
        return None


def written(found: Typed) -> str:
    """A value as the suite writes it."""
    value = found.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict) and "value" in value:
        return f"{value['value']} '{value['unit']}'"
    return str(value)
