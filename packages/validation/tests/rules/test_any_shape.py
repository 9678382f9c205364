"""Whatever the shape of a node, a rule raises nothing; and every rule is registered for something it can be called for."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samspil_validation import Settings
from samspil_validation.rules import RULES, rules_for

KEYS = [
    "resourceType",
    "id",
    "_id",
    "url",
    "type",
    "status",
    "text",
    "div",
    "extension",
    "valueCode",
    "valueCoding",
    "valueString",
    "valueInteger",
    "contained",
    "entry",
    "fullUrl",
    "resource",
    "search",
    "mode",
    "link",
    "relation",
    "item",
    "linkId",
    "answer",
    "required",
    "repeats",
    "enableWhen",
    "question",
    "operator",
    "answerBoolean",
    "questionnaire",
    "answerOption",
    "answerValueSet",
    "system",
    "code",
    "display",
    "concept",
    "property",
    "uri",
    "compose",
    "include",
    "filter",
    "value",
    "coding",
    "reference",
    "subject",
    "author",
    "section",
    "focus",
    "data",
    "size",
    "measure",
    "group",
    "population",
    "stratifier",
    "count",
    "subjectResults",
    "derivedFrom",
    "_derivedFrom",
    "differential",
    "snapshot",
    "element",
    "path",
    "slicing",
    "constraint",
    "key",
    "expression",
    "context",
    "profile",
    "base",
    "baseDefinition",
    "derivation",
    "supplements",
    "content",
    "dependsOn",
    "meta",
    "language",
    "target",
    "source",
]
WORDS = [
    "",
    "a",
    "Patient",
    "Bundle",
    "document",
    "message",
    "searchset",
    "urn:q",
    "urn:cs",
    "Patient/1",
    "#a",
    "constraint",
    "Extension",
    "completed",
    "group",
    "choice",
    "http://example.org/fhir/Patient/1",
    "not-present",
    "<div><p><a href='#x'>y</a></p></div>",
]
leaves = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(WORDS)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=30,
)
nodes = st.dictionaries(st.sampled_from(KEYS), values, max_size=12)
QUESTIONNAIRE = {
    "resourceType": "Questionnaire",
    "url": "urn:q",
    "item": [
        {
            "linkId": "a",
            "type": "group",
            "item": [{"linkId": "b", "type": "choice", "answerOption": [{"valueCode": "x"}]}],
        }
    ],
}
BESIDE = (
    QUESTIONNAIRE,
    {"resourceType": "CodeSystem", "url": "urn:cs", "content": "complete", "concept": [{"code": "a"}]},
    {"resourceType": "Measure", "url": "urn:q", "group": [{"population": [{}]}]},
    {
        "resourceType": "StructureDefinition",
        "url": "urn:q",
        "type": "Patient",
        "snapshot": {"element": [{"path": "Patient"}]},
    },
)


@pytest.mark.parametrize("name", sorted(RULES))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(node=nodes)
def test_a_rule_raises_nothing(check, name, node):
    if name[0].isupper():
        node = {**node, "resourceType": name}
    node = {**node, "resourceType": str(node.get("resourceType", "Patient"))}
    for rule in (each.rule for each in rules_for(name)):
        for issue in check(rule, node, *BESIDE, settings=Settings(security=True, publication=True), whole=True):
            assert issue.text
            assert issue.fix
            assert issue.where
