"""What expressions give, chapter by chapter of the specification."""

from decimal import Decimal
from typing import Any

import pytest

from samspil_fhirpath import FhirPathError, compile_expression

MASKED = {"extension": [{"url": "urn:masked", "valueCode": "masked"}]}
GIVES: dict[str, list[Any]] = {
    # paths and primitives
    "name.given": ["Ida", MASKED, "Ane", "Ib"],
    "name.given.count()": [4],
    "name.given.where(hasValue())": ["Ida", "Ane", "Ib"],
    "name.given.extension.value": ["masked"],
    "name[0].given[1].extension('urn:masked').exists()": [True],
    "birthDate.extension('urn:time').value is dateTime": [True],
    "birthDate.value": ["1974-12-25"],
    "deceased": [False],
    "deceased is boolean": [True],
    "deceased.ofType(dateTime)": [],
    "deceased as boolean": [False],
    "Patient.name.family": ["Holm"],
    "Observation.status": [],
    "name[9]": [],
    "`name`.`family`": ["Holm"],
    "managingOrganization.resolve().name": ["Klinik"],
    "managingOrganization.reference.resolve() is Organization": [True],
    "%resource.id | %context.id": ["p"],
    "%`vs-administrative-gender`": ["http://hl7.org/fhir/ValueSet/administrative-gender"],
    # existence
    "{}.exists() or name.exists(use = 'nickname')": [True],
    "name.all(given.exists())": [True],
    "(true | false).anyFalse()": [True],
    "name.given.subsetOf('Ida' | 'Ane')": [False],
    "(1).combine(1).isDistinct()": [False],
    # filtering and combining
    "name.where(use = 'official').given.first()": ["Ida"],
    "(1 | 2 | 3).where($index > 0)": [2, 3],
    "(3 | 1 | 2).sort()": [1, 2, 3],
    "(3 | 1 | 2).sort($this desc)": [3, 2, 1],
    "(1 | 2 | 3).aggregate($this + $total, 0)": [6],
    "(1 | 2 | 3).sum()": [6],
    "coalesce({}, 5, 6)": [5],
    "iif({}, 1, 2)": [2],
    "(1 | 2).intersect(2 | 3)": [2],
    "Patient.repeatAll(children()).count() = descendants().count()": [True],
    "defineVariable('n', name.first()).select(%n.family)": ["Holm"],
    # texts
    "'abc'.substring(1, 1)": ["b"],
    "'abc'.substring(3)": [],
    "'abc'.replaceMatches('(b)', '[$1]')": ["a[b]c"],
    "'abc'.matches('^A')": [False],
    "'a\nb'.matches('a.b')": [True],
    "'abc'.matchesFull('b')": [False],
    "'a,,b'.split(',').join('-')": ["a--b"],
    "'æ<'.escape('html')": ["æ&lt;"],
    "'\"'.escape('json')": ['\\"'],
    "'ø'.encode('base64').decode('base64')": ["ø"],
    "'x'.indexOf('y')": [-1],
    # numbers
    "0.1 + 0.2 = 0.3": [True],
    "1.10.toString()": ["1.10"],
    "2147483647 + 1": [],
    "2147483647L + 1": [2147483648],
    "10 div 3 | 10 mod 3": [3, 1],
    "1 / 0": [],
    "100.log(10)": [Decimal(2)],
    "(-1.5).round()": [Decimal(-2)],
    "2.power(100000)": [],
    "(-1).sqrt()": [],
    # quantities
    "1 'kg' = 1000 'g'": [True],
    "1 'Cel' = 274.15 'K'": [True],
    "98.6 '[degF]' ~ 37.0 'Cel'": [True],
    "1 '[iU]' > 1 'mg'": [],
    "1 year = 12 months": [True],
    "1 year > 365 'd'": [],
    "(1 'kg' + 1 'g').value": [Decimal("1.001")],
    "2.0 'cm' * 2.0 'm' = 0.040 'm2'": [True],
    "1 'kg'.comparable(1 's')": [False],
    # dates and times
    "@2020-01-31 + 1 month": ["2020-02-29"],
    "@2020 + 13 months": ["2021"],
    "@T23:30 + 45 minutes": ["00:15"],
    "@2020-01-01 = @2020-01": [],
    "@2020-01-01T10:00:00+01:00 = @2020-01-01T09:00:00Z": [True],
    "@2020-01-01T10:00:00 < @2020-01-01T09:00:00Z": [],
    "@2020-01-01T10:00:00 < @2022-01-01T09:00:00Z": [True],
    "@2020.highBoundary()": ["2020-12-31"],
    "@T10:30.lowBoundary()": ["10:30:00.000"],
    "@2014-01-01T08.highBoundary()": ["2014-01-01T08:59:59.999-12:00"],
    "@2020-01-01T10:30.precision()": [12],
    "@2020-01-01.duration(@2021-02-01, 'months')": [13],
    "@2020-12-31.difference(@2021-01-01, 'years')": [1],
    "birthDate.yearOf()": [1974],
    "birthDate + 1 year": ["1975-12-25"],
    # types
    "1.type().name": ["Integer"],
    "active.type().namespace": ["FHIR"],
    "contact.gender is code and contact.gender is string": [True],
    "contact.gender as string": [],
    "1.is(System.Integer)": [True],
    # logic
    "{} implies true": [True],
    "true and {}": [],
    "true xor false": [True],
    "({} or true) and (0).not() = false": [True],
}


@pytest.mark.parametrize("text", GIVES)
def test_gives(text: str, patient: dict[str, Any]) -> None:
    """An expression on the patient gives the values beside it."""
    assert compile_expression(text)(patient) == GIVES[text]


@pytest.mark.parametrize("text", GIVES)
def test_knowing_the_type_changes_nothing(text: str, patient: dict[str, Any]) -> None:
    """With a context, where the fast form comes in, the values are the same."""
    if not text.startswith("Observation"):
        assert compile_expression(text, context="Patient")(patient) == GIVES[text]


FAILS = {
    "1 + 'a'": ("SAM-FP-301", 1, 3),
    "1 < 'a'": ("SAM-FP-301", 1, 3),
    "name.single()": ("SAM-FP-301", 1, 6),
    "name.as(HumanName)": ("SAM-FP-301", 1, 6),
    "-name": ("SAM-FP-301", 1, 1),
    "'a'.matches('(')": ("SAM-FP-301", 1, 5),
    "@2020-01-01 + 1 'a'": ("SAM-FP-301", 1, 13),
    "(1 | 2) & 'x'": ("SAM-FP-301", 1, 9),
    "memberOf('urn:x')": ("SAM-FP-302", 1, 1),
    "conformsTo('urn:x')": ("SAM-FP-302", 1, 1),
    "%nothing": ("SAM-FP-201", 1, 1),
}


@pytest.mark.parametrize("text", FAILS)
def test_fails(text: str, patient: dict[str, Any]) -> None:
    """What cannot be evaluated is one error with a permanent code and the place in the expression."""
    run = compile_expression(text)
    with pytest.raises(FhirPathError) as found:
        run(patient)
    assert (found.value.issue.code, found.value.line, found.value.column) == FAILS[text]


def test_an_error_holds_no_value_of_the_data(patient: dict[str, Any]) -> None:
    with pytest.raises(FhirPathError) as found:
        compile_expression("name.family + 1")(patient)
    assert "Holm" not in str(found.value) + found.value.issue.text
