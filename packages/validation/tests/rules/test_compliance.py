"""A profile against the one it says it complies with."""

import pytest

from samspil_validation.rules.structures import compliance

CLAIM = "http://hl7.org/fhir/StructureDefinition/structuredefinition-compliesWithProfile"


def profile(url, *elements, **more):
    snapshot = {"element": [{"id": "T"}, *elements]}
    return {"resourceType": "StructureDefinition", "url": url, "type": "T", "snapshot": snapshot, **more}


def element(name="T.a", **more):
    return {"id": name, "min": 0, "max": "*", **more}


def bound(strength, *codes):
    concepts = [{"code": code} for code in codes]
    value_set = {"resourceType": "ValueSet", "id": "v", "compose": {"include": [{"system": "s", "concept": concepts}]}}
    return element(binding={"strength": strength, "valueSet": "#v"}), [value_set]


@pytest.mark.parametrize(
    ("ours", "theirs", "complies"),
    [
        (element(min=1, max="1"), element(), True),
        (element(), element(min=1), False),
        (element(), element(max="1"), False),
        (element(max="2"), element(max="1"), False),
        (element(type=[{"code": "Quantity"}]), element(type=[{"code": "Quantity"}, {"code": "string"}]), True),
        (element(type=[{"code": "string"}]), element(type=[{"code": "Quantity"}]), False),
        (element(max="0"), element(type=[{"code": "Quantity"}], patternCode="x"), True),
        (element(fixedCode="x"), element(fixedCode="x"), True),
        (element(fixedCode="y"), element(fixedCode="x"), False),
        (element(patternCode="x"), element(fixedCode="x"), True),
        (element(fixedCoding={"system": "s", "code": "c"}), element(patternCoding={"code": "c"}), True),
        (element(patternCoding={"code": "d"}), element(patternCoding={"code": "c"}), False),
        (element(), element(patternCoding={"code": "c"}), False),
        (element(slicing={"rules": "closed"}), element(slicing={"rules": "open"}), True),
        (element(slicing={"rules": "open"}), element(slicing={"rules": "closed"}), False),
    ],
)
def test_an_element_asks_for_at_least_as_much(check, ours, theirs, complies):
    claim = [{"url": CLAIM, "valueCanonical": "urn:base"}]
    found = check(compliance.rule, profile("urn:own", ours, extension=claim), profile("urn:base", theirs))
    assert found == ([] if complies else [("670", "StructureDefinition")])


@pytest.mark.parametrize(
    ("ours", "theirs", "complies"),
    [
        (("required", "a"), ("required", "a", "b"), True),
        (("required", "a", "c"), ("required", "a", "b"), False),
        (("extensible", "a"), ("required", "a"), False),
        (("preferred", "z"), ("preferred", "a"), True),
    ],
)
def test_a_binding_lets_no_more_codes_in(check, ours, theirs, complies):
    claim = [{"url": CLAIM, "valueCanonical": "urn:base"}]
    own, own_sets = bound(*ours)
    base, base_sets = bound(*theirs)
    found = check(
        compliance.rule,
        profile("urn:own", own, extension=claim, contained=own_sets),
        profile("urn:base", base, contained=base_sets),
    )
    assert found == ([] if complies else [("670", "StructureDefinition")])


def test_slices_of_a_closed_slicing_are_those_of_the_other_profile(check):
    closed = element(slicing={"rules": "closed"})
    slices = [element(f"T.a:{name}", sliceName=name) for name in ("x", "y")]
    claim = [{"url": CLAIM, "valueCanonical": "urn:base"}]
    base = profile("urn:base", closed, slices[0])
    assert check(compliance.rule, profile("urn:own", closed, slices[0], extension=claim), base) == []
    found = check(compliance.rule, profile("urn:own", closed, *slices, extension=claim), base)
    assert found == [("670", "StructureDefinition")]
    needed = profile("urn:base", closed, element("T.a:x", sliceName="x", min=1))
    assert check(compliance.rule, profile("urn:own", closed, extension=claim), needed) == [
        ("670", "StructureDefinition")
    ]
