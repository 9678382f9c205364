"""The parts by themselves: operators, minimum, XML and JSON, releases, subtests, the report and the command."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from testscript_support import PATIENT, asserted, operation, script

from samspil_conformance.cli import group
from samspil_conformance.testscript import BadScript, as_test_report, read_script
from samspil_conformance.testscript.minimum import lacks
from samspil_conformance.testscript.operators import OPERATORS, UnknownOperator, compare
from samspil_conformance.testscript.xmlform import NotFhirXml, from_xml, parse, to_xml, xml_bytes
from samspil_core import dumps
from samspil_definitions.places import package_cache
from samspil_validation import Validator

CASES = [
    ("equals", ["1.0"], "1", True),
    ("equals", [], "1", False),
    ("equals", ["a", "a"], "a", True),
    ("equals", ["a", "b"], "a", False),
    ("notEquals", ["a", "b"], "c", True),
    ("notEquals", [], "c", False),
    ("in", ["200"], "200, 201", True),
    ("notIn", ["200"], "201,202", True),
    ("notIn", [], "201", False),
    ("greaterThan", ["10"], "9", True),
    ("greaterThan", ["2026-01-02"], "2026-01-01T10:00:00Z", True),
    ("lessThan", ["b"], "a", False),
    ("empty", [], "", True),
    ("empty", [""], "", True),
    ("notEmpty", ["x"], "", True),
    ("contains", ["ab", "c"], "b", True),
    ("notContains", [], "b", True),
    ("notContains", ["ab"], "b", False),
    ("eval", ["true"], "", True),
    ("eval", [], "", False),
]


@pytest.mark.parametrize(("operator", "found", "wanted", "holds"), CASES)
def test_operators(operator, found, wanted, holds):
    assert compare(operator, found, wanted) is holds


def test_every_operator_is_seen_and_others_are_refused():
    assert {case[0] for case in CASES} == set(OPERATORS)
    with pytest.raises(UnknownOperator):
        compare("like", ["a"], "a")


JSON = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_everything_holds_itself(value):
    assert lacks(value, value) == ""


@given(st.lists(st.integers(0, 3), max_size=4), st.lists(st.integers(0, 3), max_size=4))
def test_a_list_holds_another_as_often_as_each_item_stands_in_it(small, large):
    """Items are told apart by how often they stand there, in any order."""
    assert (lacks(small, large) == "") == all(small.count(each) <= large.count(each) for each in small)


def test_one_item_does_not_stand_for_two():
    wanted = [{"a": 1}, {"a": 1, "b": 2}]
    assert lacks(wanted, [{"a": 1, "b": 2}, {"a": 1}]) == ""
    assert lacks(wanted, [{"a": 1, "b": 2}]) != ""
    assert lacks({"a": [1, 2]}, {"a": [2]}) == "a[0]"


RICH = {
    "resourceType": "Patient",
    "id": "rich",
    "meta": {"profile": ["http://example.org/p"]},
    "text": {
        "status": "generated",
        "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Ida &amp; <b>Ane</b></p></div>',
    },
    "contained": [{"resourceType": "Organization", "id": "o", "name": "Æøå <&>"}],
    "extension": [{"url": "http://example.org/e", "valueDecimal": Decimal("1.50")}],
    "active": True,
    "name": [
        {
            "id": "n",
            "given": ["Ida", None],
            "_given": [None, {"extension": [{"url": "http://example.org/x", "valueCode": "u"}]}],
        }
    ],
    "_birthDate": {"extension": [{"url": "http://example.org/t", "valueDateTime": "1948-12-25T10:00:00+01:00"}]},
    "birthDate": "1948-12-25",
    "multipleBirthInteger": 2,
    "contact": [{"name": {"family": "Lind"}}],
}


def test_a_resource_goes_to_xml_and_comes_back():
    assert from_xml(parse(xml_bytes(RICH))) == RICH


def test_elements_stand_in_the_order_of_the_specification():
    root = to_xml({"birthDate": "1948-12-25", "gender": "female", "id": "a", "resourceType": "Patient"})
    assert [each.tag.rpartition("}")[2] for each in root] == ["id", "gender", "birthDate"]


@pytest.mark.parametrize(
    "text",
    [
        b"<a/>",
        b"<Patient xmlns='http://hl7.org/fhir'><nose value='1'/></Patient>",
        b"<Patient xmlns='http://hl7.org/fhir'",
        b"<!DOCTYPE x [<!ENTITY e 'x'>]><Patient xmlns='http://hl7.org/fhir'><gender value='&e;'/></Patient>",
    ],
)
def test_what_is_no_resource_in_xml_is_refused(text):
    with pytest.raises(NotFhirXml):
        from_xml(parse(text))


XML = """<TestScript xmlns="http://hl7.org/fhir"><url value="http://example.org/x"/><name value="X"/>
<fixture id="f"><autocreate value="true"/><resource><reference value="#p"/></resource></fixture>
<contained><Patient><id value="p"/><gender value="other"/></Patient></contained>
<profile id="b" value="http://hl7.org/fhir/StructureDefinition/Bundle"/>
<variable><name value="v"/><expression><language value="text/fhirpath"/><expression value="Bundle.total"/></expression>
</variable>
<common><key value="look"/><action><assert><response value="okay"/><warningOnly value="false"/></assert></action></common>
<test><name value="T"/><action><operation><type><code value="search"/></type>
<resource value="Patient"/>
<encodeRequestUrl value="true"/><requestHeader><field value="Prefer"/><value value="x"/></requestHeader></operation></action>
<action><common><keyRef value="look"/></common></action>
<action><assert><expression><language value="application/xml"/>
<expression value="fhir:Bundle/fhir:type/@value"/></expression>
<operator value="equals"/><value value="searchset"/><stopTestOnFail value="true"/>
<warningOnly value="false"/></assert></action></test>
</TestScript>"""


def test_a_script_of_a_later_release_is_read_as_r4(tmp_path, run):
    """XML, profiles as values, expressions with a language, actions that several tests share."""
    (tmp_path / "x.xml").write_text(XML)
    made = read_script(tmp_path / "x.xml")
    assert (made.release, made.profiles["b"]) == ("R6", "http://hl7.org/fhir/StructureDefinition/Bundle")
    assert (made.variables["v"].expression, made.fixtures[0].create) == ("Bundle.total", True)
    operation_, _, last = made.sections[0].actions
    assert (operation_.headers, last.path, last.stop) == ([("Prefer", "x")], "fhir:Bundle/fhir:type/@value", True)
    report = run(made)
    assert [each.verdict for each in report.results] == ["pass"] * 4


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"resourceType": "Patient"}', "<Patient xmlns='http://hl7.org/fhir'/>", "<a"]
)
def test_what_is_no_script_is_said_to_be_none(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(BadScript) as fault:
        read_script(tmp_path / "x.json")
    assert "x.json" in str(fault.value)


def test_a_subtest_runs_another_script_with_values_of_this_one(tmp_path, run):
    """Once, and once for each value of an expression."""
    inner = script(
        tmp_path / "inner",
        operation("read", resource="Patient", params="/${id}"),
        asserted(response="okay"),
        name="Inner",
        variable=[{"name": "id", "defaultValue": "nobody"}],
    )
    base = "https://fhir-crucible.github.io/testscript-engine-ig/StructureDefinition/"
    bind = [{"url": "bindSource", "valueString": "own"}, {"url": "bindTarget", "valueString": "id"}]
    once = [
        {
            "url": base + "assert-subtest",
            "extension": [{"url": "testName", "valueString": "Inner"}, {"url": "bindVariable", "extension": bind}],
        }
    ]
    each = [
        {
            "url": base + "assert-subtest-each",
            "extension": [{"url": "testName", "valueString": "Inner"}, {"url": "bindEachTarget", "valueString": "id"}],
        }
    ]
    some = [
        {
            "url": base + "assert-subtest-each",
            "extension": [*each[0]["extension"], {"url": "allMustPass", "valueBoolean": False}],
        }
    ]
    outer = script(
        tmp_path / "outer",
        operation("search", resource="Patient"),
        asserted(extension=once),
        asserted(extension=each, expression="Bundle.entry.resource.id"),
        asserted(extension=each, expression="Bundle.entry.resource.id | 'nobody'"),
        asserted(extension=some, expression="Bundle.entry.resource.id | 'nobody'"),
        variable=[{"name": "own", "defaultValue": "ida"}],
    )
    report = run(outer, library={"Inner": inner})
    assert [each.verdict for each in report.asserts] == ["pass", "pass", "fail", "pass"]
    assert [each.verdict for each in run(outer).asserts] == ["inconclusive"] * 4


def test_a_subtest_that_is_at_fault_is_told_from_one_that_the_system_fails(tmp_path, run):
    """Values to bind that are declared nowhere, and asserts of the other script that name such."""
    base = "https://fhir-crucible.github.io/testscript-engine-ig/StructureDefinition/"
    read = operation("read", resource="Patient", params="/ida")

    def outer(folder, *bound):
        once = [{"url": f"{base}assert-subtest", "extension": [{"url": "testName", "valueString": "Inner"}, *bound]}]
        return script(tmp_path / folder, read, asserted(extension=once))

    faulty = script(tmp_path / "faulty", read, asserted(expression="gender != '${undeclared}'"))
    mixed = script(tmp_path / "mixed", read, asserted(minimumId="nowhere"), asserted(response="gone"))
    unbound = {"url": "bindVariable", "extension": [{"url": "bindSource", "valueString": "undeclared"}]}
    told = [
        run(outer("a"), library={"Inner": faulty}).asserts[0],
        run(outer("b"), library={"Inner": mixed}).asserts[0],
        run(outer("c", unbound), library={"Inner": faulty}).asserts[0],
    ]
    assert [(each.verdict, each.script_fault) for each in told] == [("fail", True), ("fail", False), ("fail", True)]
    assert "undeclared" in told[0].message


def test_the_report_is_a_test_report_that_says_what_was_inconclusive(tmp_path, run):
    made = script(
        tmp_path,
        operation("read", resource="Patient", params="/ida", label="Read"),
        asserted(response="okay"),
        asserted(validateProfileId="p"),
        profile=[{"id": "p", "reference": "http://example.org/p"}],
    )
    told = as_test_report(
        run(made), issued=datetime(2026, 1, 1, tzinfo=UTC), system="http://example.org/fhir", tester="me"
    )
    assert (told["result"], told["score"], told["testScript"]) == (
        "pending",
        50.0,
        {"reference": "http://example.org/small"},
    )
    actions = told["test"][0]["action"]
    assert [next(iter(each.values()))["result"] for each in actions] == ["pass", "pass", "skip"]
    assert "no package at hand has the profile http://example.org/p" in actions[2]["assert"]["message"]
    assert dumps(told) == dumps(
        as_test_report(
            run(made), issued=datetime(2026, 1, 1, tzinfo=UTC), system="http://example.org/fhir", tester="me"
        )
    )


def test_the_report_is_valid_fhir(tmp_path, run):
    """By samspil-validation and the package of R4, where it is installed."""
    if not (package_cache() / "hl7.fhir.r4.core#4.0.1").is_dir():
        pytest.skip("machine: the package hl7.fhir.r4.core#4.0.1 is not installed")
    read = operation("read", resource="Patient", params="/ida")
    made = script(
        tmp_path,
        read,
        asserted(response="gone"),
        asserted(path="//["),
        setup={"action": [read, asserted(response="okay")]},
        teardown={"action": [operation("delete", resource="Patient", params="/ida")]},
    )
    told = as_test_report(run(made), issued=datetime(2026, 1, 1, tzinfo=UTC), system="http://example.org/fhir")
    outcome = Validator(["hl7.fhir.r4.core#4.0.1"]).validate(json.loads(dumps(told)))
    assert [(each.code, each.where, each.text) for each in outcome if each.severity == "error"] == []


def invoke(*arguments):
    return CliRunner().invoke(group, ["testscript", *map(str, arguments)])


def test_the_command_says_what_passed_and_what_did_not(tmp_path: Path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "Patient-ida.json").write_text(json.dumps(PATIENT))
    good = script(tmp_path / "good", operation("read", resource="Patient", params="/ida"), asserted(response="okay"))
    bad = script(
        tmp_path / "bad", operation("read", resource="Patient", params="/ida"), asserted(response="gone", label="Gone")
    )
    done = invoke(good.path, "--examples", tmp_path / "p")
    assert (done.exit_code, done.stdout.split()[0]) == (0, "pass")
    done = invoke(bad.path, "--examples", tmp_path / "p", "--format", "json")
    assert (done.exit_code, json.loads(done.stdout)["result"]) == (1, "fail")
    done = invoke(tmp_path, "--examples", tmp_path / "p")
    assert "2 scripts: 1 passed" in done.stderr
    assert "Gone" in done.stdout


def test_the_command_counts_what_failed_by_a_fault_of_the_script(tmp_path: Path):
    """Beside the failures of the system, in the line of the script, of the assert, in the summary and in the TestReport."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "Patient-ida.json").write_text(json.dumps(PATIENT))
    made = script(
        tmp_path / "s",
        operation("read", resource="Patient", params="/ida"),
        asserted(response="gone"),
        asserted(minimumId="nowhere"),
    )
    done = invoke(made.path, "--examples", tmp_path / "p")
    assert done.exit_code == 1
    first, *rest = done.stdout.splitlines()
    assert first.endswith("0 of 2 asserts passed; 1 failed by a fault of the script")
    assert [line.split(":")[0].split()[:2] for line in rest] == [
        ["fail", "TestScript.test[0].action[1].assert"],
        ["fail", "(script)"],
    ]
    assert "asserts that failed by a fault of their script, not of the system: 1" in done.stderr
    told = json.loads(invoke(made.path, "--examples", tmp_path / "p", "--format", "json").stdout)
    assert "the script is at fault, not the system" in told["test"][0]["action"][2]["assert"]["message"]


def test_the_command_stops_where_it_cannot_run(tmp_path: Path):
    assert invoke(tmp_path).exit_code == 2
    made = script(tmp_path, operation("read", resource="Patient", params="/ida"), asserted(response="okay"))
    assert invoke(made.path, "--variable", "x").exit_code == 2
    assert invoke(made.path, "--destination", "a=b").exit_code == 2
    assert invoke(made.path, "--package", "no.such.package#1").exit_code == 2


def test_a_server_that_does_not_answer_is_an_error_and_no_verdict(tmp_path: Path):
    made = script(tmp_path, operation("read", resource="Patient", params="/ida"), asserted(response="okay"))
    done = invoke(made.path, "--sut", "http://127.0.0.1:9/fhir")
    assert done.exit_code == 1
    assert "no answer from 127.0.0.1" in done.stdout
