"""Code systems, value sets, measures, derived questionnaires, structure definitions, search parameters, guides."""

import pytest

from samspil_validation.rules.measures import report
from samspil_validation.rules.questionnaires import derived
from samspil_validation.rules.structures import (
    capabilities,
    definitions,
    expressions,
    guides,
    narrower,
    obligations,
    operations,
    search_parameters,
)
from samspil_validation.rules.terminology import code_systems, value_sets

HL7 = "http://hl7.org/fhir/concept-properties#"


def system(**more):
    return {"resourceType": "CodeSystem", "url": "urn:cs", "content": "complete", **more}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"concept": [{"code": "a"}]}, []),
        ({"content": "not-present", "concept": [{"code": "a"}]}, [("610", "CodeSystem.concept[0]")]),
        ({"supplements": "urn:other"}, [("611", "CodeSystem.content")]),
        ({"content": "supplement", "concept": [{"code": "a"}]}, [("680", "CodeSystem")]),
        ({"count": 2, "concept": [{"code": "a", "concept": [{"code": "b"}]}]}, []),
        ({"count": 3, "concept": [{"code": "a"}]}, [("679", "CodeSystem.count")]),
        ({"content": "fragment", "count": 3, "concept": [{"code": "a"}]}, []),
        (
            {
                "property": [{"code": "parent", "uri": HL7 + "parent", "type": "code"}],
                "concept": [
                    {"code": "a"},
                    {"code": "b", "property": [{"code": "parent", "valueCode": "a"}]},
                    {"code": "c", "property": [{"code": "parent", "valueCode": "z"}]},
                ],
            },
            [("681", "CodeSystem.concept[2].property[0]")],
        ),
        (
            {"supplements": "urn:base", "content": "supplement", "concept": [{"code": "x"}]},
            [("612", "CodeSystem.concept[0]")],
        ),
        ({"property": [{"code": "p"}, {"code": "p"}]}, [("613", "CodeSystem.property[1]")]),
        ({"property": [{"code": "p", "uri": "u"}, {"code": "q", "uri": "u"}]}, [("614", "CodeSystem.property[1]")]),
        (
            {"property": [{"code": "inactive", "uri": HL7 + "inactive", "type": "code"}]},
            [("615", "CodeSystem.property[0]")],
        ),
        ({"property": [{"code": "parent", "uri": HL7 + "child", "type": "code"}]}, [("616", "CodeSystem.property[0]")]),
        ({"property": [{"code": "order", "uri": HL7 + "order"}]}, [("617", "CodeSystem.property[0]")]),
        (
            {
                "property": [{"code": "p", "type": "integer"}],
                "concept": [{"concept": [{"property": [{"code": "p", "valueCode": "x"}]}]}],
            },
            [("618", "CodeSystem.concept[0].concept[0].property[0]")],
        ),
        (
            {
                "property": [{"code": "p", "type": "Coding"}],
                "concept": [{"property": [{"code": "p", "valueCoding": {}}]}],
            },
            [],
        ),
    ],
)
def test_a_code_system_agrees_with_itself(check, found, expected):
    base = {"resourceType": "CodeSystem", "url": "urn:base", "concept": [{"code": "a"}]}
    properties = {"resourceType": "CodeSystem", "url": HL7[:-1], "concept": [{"code": "parent"}]}
    assert check(code_systems.rule, system(**found), base, properties) == expected


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        ({"system": "urn:cs", "concept": [{"code": "a"}]}, []),
        (
            {"system": "urn:cs", "concept": [{"code": "a"}, {"code": "b"}]},
            [("622", "ValueSet.compose.include[0].concept[1]")],
        ),
        ({"system": "urn:unknown", "concept": [{"code": "b"}]}, []),
        ({"system": "cs"}, [("619", "ValueSet.compose.include[0]"), ("620", "ValueSet.compose.include[0].system")]),
        ({"system": "#in"}, [("619", "ValueSet.compose.include[0]")]),
        ({"system": "urn:vs"}, [("621", "ValueSet.compose.include[0].system")]),
        ({"system": "urn:cs", "filter": [{"property": "p", "op": "=", "value": "s#c"}]}, []),
        (
            {"system": "urn:cs", "filter": [{"property": "p", "op": "=", "value": "c"}]},
            [("623", "ValueSet.compose.include[0].filter[0]")],
        ),
        ({"system": "urn:cs", "filter": [{"property": "p", "op": "exists", "value": "true"}]}, []),
        ({"system": "urn:cs", "filter": [{"property": "code", "op": "regex", "value": "[a-z]+"}]}, []),
        (
            {"system": "urn:cs", "filter": [{"property": "code", "op": "regex", "value": "("}]},
            [("678", "ValueSet.compose.include[0].filter[0]")],
        ),
        ({"system": "urn:cs", "filter": [{"property": "concept", "op": "is-a", "value": "a"}]}, []),
        (
            {"system": "urn:cs", "filter": [{"property": "concept", "op": "is-a", "value": "b"}]},
            [("626", "ValueSet.compose.include[0].filter[0]")],
        ),
        (
            {"system": "urn:cs", "filter": [{"property": "p", "op": "in", "value": "urn:cs#a, urn:cs|1#b"}]},
            [("626", "ValueSet.compose.include[0].filter[0]")],
        ),
    ],
)
def test_what_a_value_set_includes(check, include, expected):
    known = system(concept=[{"code": "a"}], property=[{"code": "p", "type": "Coding"}])
    other = {"resourceType": "ValueSet", "url": "urn:vs"}
    contained = [{"resourceType": "CodeSystem", "id": "in"}]
    found = {"resourceType": "ValueSet", "contained": contained, "compose": {"include": [include]}}
    assert check(value_sets.rule, found, known, other) == expected


def code(name):
    return {"coding": [{"system": "s", "code": name}]}


MEASURE = {
    "resourceType": "Measure",
    "url": "urn:m",
    "group": [{"code": code("g"), "population": [{"code": code("p")}], "stratifier": [{"code": {"text": "t"}}]}],
}


def reported(*groups, kind="summary"):
    return {"resourceType": "MeasureReport", "measure": "urn:m", "type": kind, "group": list(groups)}


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ({"population": [{"code": code("p")}], "stratifier": [{"code": [{"text": "t"}]}]}, []),
        ({"population": [{"code": code("x")}], "stratifier": [{"code": [{"text": "t"}]}]}, ["643", "644"]),
        ({"population": [{"code": code("p")}]}, ["646"]),
        ({"population": [{"code": code("p")}], "stratifier": [{"code": [{"text": "u"}]}]}, ["645", "646"]),
        ({"code": code("h"), "population": [{"code": code("p")}]}, ["641", "642"]),
        (
            {
                "population": [{"code": code("p"), "subjectResults": {"reference": "List/1"}}],
                "stratifier": [{"code": [{"text": "t"}]}],
            },
            ["647"],
        ),
    ],
)
def test_a_report_against_its_measure(check, group, expected):
    found = check(report.rule, reported({"code": code("g"), **group}), MEASURE)
    assert [each[0] for each in found] == expected


def test_the_count_is_that_of_the_subjects_listed(check):
    subjects = {"resourceType": "List", "id": "l", "entry": [{}, {}]}
    population = {"code": code("p"), "count": 3, "subjectResults": {"reference": "#l"}}
    group = {"code": code("g"), "population": [population], "stratifier": [{"code": [{"text": "t"}]}]}
    given = {**reported(group, kind="subject-list"), "contained": [subjects]}
    assert check(report.rule, given, MEASURE) == [("648", "MeasureReport.group[0].population[0]")]


@pytest.mark.parametrize(
    ("scoring", "kind", "expected"),
    [
        ("proportion", "summary", []),
        ("cohort", "summary", [("649", "MeasureReport.group[0].measureScore")]),
        ("proportion", "data-collection", [("649", "MeasureReport.group[0].measureScore")]),
    ],
)
def test_a_cohort_has_no_score(check, scoring, kind, expected):
    measure = {**MEASURE, "scoring": {"coding": [{"code": scoring}]}}
    group = {
        "population": [{"code": code("p")}],
        "stratifier": [{"code": [{"text": "t"}]}],
        "measureScore": {"value": 1},
    }
    assert check(report.rule, reported({"code": code("g"), **group}, kind=kind), measure) == expected


def test_an_unknown_measure_is_undecided(check):
    assert check(report.rule, reported()) == [("640", "MeasureReport.measure")]


def test_a_group_without_code_is_matched_where_it_is_alone(check):
    measure = {**MEASURE, "group": [{"population": [{"code": code("p")}]}]}
    given = {"population": [{"code": code("p")}]}
    assert check(report.rule, reported(given), measure) == []
    assert [each[0] for each in check(report.rule, reported(given, given), measure)] == ["641", "641", "642"]


@pytest.mark.parametrize(
    ("kind", "item", "expected"),
    [
        ("compliesWith", {"linkId": "a", "type": "string", "required": True}, []),
        ("extends", {"linkId": "new", "type": "string"}, []),
        ("compliesWith", {"linkId": "new", "type": "string"}, [("630", "Questionnaire.item[0]")]),
        ("extends", {"linkId": "a", "type": "integer", "required": True}, [("631", "Questionnaire.item[0].type")]),
        (
            "extends",
            {"linkId": "a", "type": "string", "required": True, "repeats": True},
            [("632", "Questionnaire.item[0].repeats")],
        ),
        ("extends", {"linkId": "a", "type": "string"}, [("633", "Questionnaire.item[0].required")]),
        (
            "extends",
            {"linkId": "b", "type": "choice", "answerOption": [{"valueString": "x"}, {"valueString": "z"}]},
            [("634", "Questionnaire.item[0].answerOption[1]")],
        ),
        ("inspiredBy", {"linkId": "a", "type": "integer"}, []),
    ],
)
def test_a_questionnaire_keeps_what_it_derives_from(check, kind, item, expected):
    base = {
        "resourceType": "Questionnaire",
        "url": "urn:base",
        "item": [
            {"linkId": "a", "type": "string", "required": True},
            {"linkId": "b", "type": "choice", "answerOption": [{"valueString": "x"}, {"valueString": "y"}]},
        ],
    }
    extension = {
        "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-derivationType",
        "valueCoding": {"code": kind},
    }
    found = {
        "resourceType": "Questionnaire",
        "derivedFrom": ["urn:base"],
        "_derivedFrom": [{"extension": [extension]}],
        "item": [item],
    }
    assert check(derived.rule, found, base) == expected


TYPE = {
    "resourceType": "StructureDefinition",
    "id": "Thing",
    "url": "urn:Thing",
    "type": "Thing",
    "kind": "complex-type",
    "snapshot": {
        "element": [
            {"path": "Thing"},
            {"path": "Thing.part", "type": [{"code": "Part"}], "constraint": [{"key": "k", "expression": "true"}]},
            {"path": "Thing.value[x]", "type": [{"code": "string"}]},
            {"path": "Thing.inner", "contentReference": "#Thing.part"},
        ]
    },
}
PART = {
    "resourceType": "StructureDefinition",
    "id": "Part",
    "url": "urn:Part",
    "type": "Part",
    "kind": "complex-type",
    "snapshot": {"element": [{"path": "Part"}, {"path": "Part.name", "type": [{"code": "string"}]}]},
}


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("Thing", True),
        ("Thing.part", True),
        ("Thing.part.name", True),
        ("Thing.inner.name", True),
        ("Thing.value[x]", True),
        ("Thing.valueString", True),
        ("Thing.other", False),
        ("Thing.part.other", False),
        ("Unknown.part", True),
    ],
)
def test_the_context_of_an_extension_is_an_element(check, path, known):
    structure = {"resourceType": "StructureDefinition", "context": [{"type": "element", "expression": path}]}
    found = check(definitions.rule, structure, TYPE, PART)
    assert found == ([] if known else [("668", "StructureDefinition.context[0]")])


def profile(*elements, **more):
    return {
        "resourceType": "StructureDefinition",
        "url": "urn:profile",
        "type": "Thing",
        "derivation": "constraint",
        "baseDefinition": "urn:Thing",
        "snapshot": {"element": [{"path": "Thing"}]},
        "differential": {"element": list(elements)},
        **more,
    }


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"path": "Thing", "slicing": {"rules": "open"}}, [("661", "")]),
        ({"path": "Thing.part", "slicing": {"rules": "open"}}, []),
        ({"path": "Thing.part", "meaningWhenMissing": "none"}, [("662", "")]),
        ({"path": "Thing.part", "constraint": [{"key": "k", "expression": "false"}]}, [("663", ".constraint[0]")]),
        ({"path": "Thing.part", "constraint": [{"key": "k", "expression": "true"}]}, []),
        ({"path": "Thing.part", "type": [{"code": "Part", "profile": ["urn:Part"]}]}, []),
        (
            {"path": "Thing.part", "type": [{"code": "Part", "profile": ["urn:Thing"]}]},
            [("664", ".type[0].profile[0]")],
        ),
    ],
)
def test_the_elements_of_a_profile(check, element, expected):
    found = check(definitions.rule, profile(element), TYPE, PART)
    assert found == [(name, "StructureDefinition.differential.element[0]" + at) for name, at in expected]


BASE_OF_NARROWER = {
    "resourceType": "StructureDefinition",
    "url": "urn:Base",
    "type": "Base",
    "snapshot": {
        "element": [
            {"path": "Base", "min": 0, "max": "*"},
            {
                "path": "Base.code",
                "min": 1,
                "max": "1",
                "type": [{"code": "code"}],
                "binding": {"strength": "required", "valueSet": "urn:vs"},
            },
            {"path": "Base.name", "min": 0, "max": "*", "type": [{"code": "HumanName"}]},
            {"path": "Base.value[x]", "min": 0, "max": "1", "type": [{"code": "string"}, {"code": "boolean"}]},
            {"path": "Base.any", "min": 0, "max": "1", "type": [{"code": "Resource"}]},
        ]
    },
}


@pytest.mark.parametrize(
    ("element", "wrong"),
    [
        ({"path": "Base.name", "min": 1, "max": "3"}, False),
        ({"path": "Base.code", "max": "*"}, True),
        ({"path": "Base.code", "max": "2"}, True),
        ({"path": "Base.code", "min": 0}, True),
        ({"path": "Base.code", "id": "Base.code:a", "sliceName": "a", "min": 0}, False),
        ({"path": "Base.name", "type": [{"code": "Address"}]}, True),
        ({"path": "Base.value[x]", "type": [{"code": "string"}]}, False),
        ({"path": "Base.value[x]", "type": [{"code": "integer"}]}, True),
        ({"path": "Base.any", "type": [{"code": "Patient"}]}, False),
        ({"path": "Base.code", "binding": {"strength": "required", "valueSet": "urn:other"}}, False),
        ({"path": "Base.code", "binding": {"strength": "extensible", "valueSet": "urn:vs"}}, True),
        ({"path": "Base.code", "fixedCode": "a"}, False),
        ({"path": "Base.code", "fixedString": "a"}, True),
        ({"path": "Base.value[x]", "patternBoolean": True}, False),
        ({"path": "Base.value[x]", "type": [{"code": "string"}], "patternBoolean": True}, True),
    ],
)
def test_a_profile_stays_within_its_base(check, element, wrong):
    found = check(narrower.rule, profile(element, type="Base", baseDefinition="urn:Base"), BASE_OF_NARROWER)
    assert found == ([("682", "StructureDefinition")] if wrong else [])


@pytest.mark.parametrize(
    ("derivation", "name", "place"),
    [
        ("constraint", "Base", None),
        ("constraint", "Other", ""),
        ("specialization", "Other", None),
        ("specialization", "Base", ".type"),
    ],
)
def test_the_type_of_a_definition_agrees_with_its_derivation(check, derivation, name, place):
    found = profile(type=name, derivation=derivation, baseDefinition="urn:Base")
    wanted = [] if place is None else [("683", "StructureDefinition" + place)]
    assert check(narrower.rule, found, BASE_OF_NARROWER) == wanted


@pytest.mark.parametrize(
    ("bases", "expression", "wrong"),
    [
        (["Patient"], "Patient.name.family", False),
        (["Patient"], "Patient.nosuch", True),
        (["Patient", "Practitioner"], "Patient.name | Practitioner.name", False),
        (["Patient"], "Patient.(", True),
        (["Patient"], "Observation.code", False),
    ],
)
def test_the_expression_of_a_search_parameter_names_elements_of_its_type(check, bases, expression, wrong):
    parameter = {"resourceType": "SearchParameter", "base": bases, "expression": expression}
    found = check(expressions.of_search, parameter)
    assert found == ([("671", "SearchParameter.expression")] if wrong else [])


def test_the_url_of_an_extension_is_that_of_its_definition(check):
    def extension(fixed, base="http://hl7.org/fhir/StructureDefinition/Extension"):
        element = {"path": "Extension.url", "fixedUri": fixed}
        return profile(element, type="Extension", baseDefinition=base)

    base = {"resourceType": "StructureDefinition", "url": "urn:base", "type": "Extension"}
    assert check(definitions.rule, extension("urn:profile")) == []
    assert check(definitions.rule, extension("urn:other")) == [("666", "StructureDefinition")]
    found = check(definitions.rule, extension("urn:profile", "urn:base"), base)
    assert found == [("667", "StructureDefinition.differential.element[0]")]


@pytest.mark.parametrize(("modifier", "path"), [(True, "Thing.extension"), (False, "Thing.modifierExtension")])
def test_modifiers_stand_where_modifiers_stand(check, modifier, path):
    root = {"path": "Extension", "isModifier": modifier}
    own = {"resourceType": "StructureDefinition", "url": "urn:e", "type": "Extension", "snapshot": {"element": [root]}}
    element = {"path": path, "type": [{"code": "Extension", "profile": ["urn:e"]}]}
    assert [each[0] for each in check(definitions.rule, profile(element), TYPE, own)] == ["665"]


def test_a_search_parameter_is_for_no_more_types_than_the_one_it_derives_from(check):
    base = {"resourceType": "SearchParameter", "url": "urn:base", "base": ["Patient"]}
    parameter = {"resourceType": "SearchParameter", "derivedFrom": "urn:base", "base": ["Patient", "List"]}
    assert check(search_parameters.rule, parameter, base) == [("669", "SearchParameter")]
    assert check(search_parameters.rule, parameter, {**base, "base": ["Resource"]}) == []


def test_a_guide_names_its_dependencies_whole(check):
    guide = {"resourceType": "ImplementationGuide", "dependsOn": [{"uri": "http://x"}, {"uri": "http://x|"}]}
    assert check(guides.rule, guide) == [("605", "ImplementationGuide.dependsOn[1]")]


INCLUDED = {"system": "urn:cs"}


@pytest.mark.parametrize(
    ("compose", "wrong"),
    [
        ({"include": [INCLUDED]}, False),
        ({}, False),
        ({"include": [INCLUDED, {"system": "urn:other"}]}, True),
        ({"include": [INCLUDED], "exclude": [INCLUDED]}, True),
        ({"include": [{"system": "urn:other"}]}, True),
        ({"include": [{**INCLUDED, "concept": [{"code": "a"}]}]}, True),
    ],
)
def test_the_value_set_of_all_codes_is_that_of_all_codes(check, compose, wrong):
    value_set = {"resourceType": "ValueSet", "url": "urn:vs", "compose": compose}
    found = check(code_systems.rule, system(valueSet="urn:vs"), value_set)
    assert found == ([("635", "CodeSystem")] if wrong else [])


@pytest.mark.parametrize(("kind", "wrong"), [("token", False), ("string", True)])
def test_a_search_parameter_served_has_the_type_of_its_definition(check, kind, wrong):
    definition = {"resourceType": "SearchParameter", "url": "urn:sp", "type": "token"}
    served = {"searchParam": [{"name": "n", "definition": "urn:sp", "type": kind}, {"name": "m", "type": "date"}]}
    statement = {"resourceType": "CapabilityStatement", "rest": [{"resource": [served]}]}
    place = "CapabilityStatement.rest[0].resource[0].searchParam[0]"
    assert check(capabilities.rule, statement, definition) == ([("636", place)] if wrong else [])


MARK = {"url": "http://hl7.org/fhir/StructureDefinition/obligation-profile-flag", "valueBoolean": True}
INHERITS = {"url": "http://hl7.org/fhir/StructureDefinition/inherit-obligations", "valueCanonical": "urn:o"}


@pytest.mark.parametrize(
    ("other", "wrong"),
    [
        ({"extension": [MARK], "baseDefinition": "urn:base"}, False),
        ({"extension": [MARK], "baseDefinition": "urn:other"}, True),
        ({"baseDefinition": "urn:base"}, True),
    ],
)
def test_obligations_come_from_an_obligation_profile_of_the_same_base(check, other, wrong):
    structure = {"resourceType": "StructureDefinition", "extension": [INHERITS], "baseDefinition": "urn:base"}
    found = check(obligations.rule, structure, {"resourceType": "StructureDefinition", "url": "urn:o", **other})
    assert found == ([("672", "StructureDefinition.extension[0]")] if wrong else [])


def parameters(low, high, code):
    elements = [
        {"id": "Parameters.parameter:a", "min": low, "max": high},
        {"id": "Parameters.parameter:a.name", "fixedString": "a"},
        {"id": "Parameters.parameter:a.resource", "type": [{"code": code}]},
    ]
    return {"resourceType": "StructureDefinition", "url": "urn:in", "snapshot": {"element": elements}}


@pytest.mark.parametrize(
    ("profile", "count"),
    [
        (parameters(1, "1", "Patient"), 0),
        (parameters(0, "1", "Patient"), 1),
        (parameters(0, "*", "Patient"), 2),
        (parameters(1, "1", "List"), 1),
        (parameters(1, "1", "Resource"), 0),
    ],
)
def test_the_profile_of_an_operations_parameters_agrees_with_them(check, profile, count):
    parameter = {"name": "a", "use": "in", "min": 1, "max": "1", "type": "Patient"}
    operation = {"resourceType": "OperationDefinition", "inputProfile": "urn:in", "parameter": [parameter]}
    place = ("673", "OperationDefinition.inputProfile.parameter[0]")
    assert check(operations.rule, operation, profile) == [place] * count
