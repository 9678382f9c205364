"""$translate: relationships of R4 and R5, both directions, all matches, dependencies, unmapped, chains.

https://hl7.org/fhir/R5/conceptmap-operation-translate.html
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_core.values import Coding
from samspil_terminology import Catalog, Dependency, Scope, translate, translate_through
from samspil_terminology.concept_maps import FLIPPED, TO_EQUIVALENCE, TO_RELATIONSHIP
from samspil_terminology.translation_chain import chain

A, B, C, MAP = "http://example.org/a", "http://example.org/b", "http://example.org/c", "http://example.org/map"


def concept_map(*elements, url=MAP, source=A, target=B, r5=True, **more):
    group = {"source": source, "target": target, "element": list(elements), **more}
    return {"resourceType": "ConceptMap", "url": url, "status": "active", "group": [group]}


def element(code, *targets, **more):
    return {"code": code, "target": [dict(each) for each in targets], **more}


def to(code, relationship="equivalent", **more):
    return {"code": code, "relationship": relationship, **more}


def r4(code, equivalence, **more):
    return {"code": code, "equivalence": equivalence, **more}


def codes(answer):
    return [(each.target.code, each.relationship) for each in answer.matches]


@pytest.mark.parametrize(("equivalence", "relationship"), sorted(TO_RELATIONSHIP.items()))
def test_r4_equivalence_is_of_the_target(equivalence, relationship) -> None:
    """`wider` says that the target is wider: the source is narrower. The R4 word is answered as written."""
    catalog = Catalog([concept_map(element("1", r4("x", equivalence)))])
    found = translate(catalog, Coding(A, "1"), Scope(map=MAP)).matches[0]
    assert (found.relationship, found.equivalence) == (relationship, equivalence)


@pytest.mark.parametrize(("relationship", "flipped"), sorted(FLIPPED.items()))
def test_reverse_turns_the_relationship(relationship, flipped) -> None:
    """Asked backwards, narrower becomes broader, in the words of both releases."""
    catalog = Catalog([concept_map(element("1", to("x", relationship)))])
    found = translate(catalog, Coding(B, "x"), Scope(map=MAP), reverse=True).matches[0].flipped()
    assert (found.source.code, found.target.code, found.relationship) == ("x", "1", flipped)
    assert found.equivalence == TO_EQUIVALENCE[flipped]


def test_all_matches_in_the_order_of_the_map() -> None:
    """Every target of every element is answered, in its order; also those that are not related."""
    targets = to("x"), to("y", "source-is-narrower-than-target"), to("z", "not-related-to")
    answer = translate(Catalog([concept_map(element("1", *targets))]), Coding(A, "1"), Scope(map=MAP))
    assert [code for code, _ in codes(answer)] == ["x", "y", "z"]
    assert answer.result


def test_only_unrelated_targets_are_no_translation() -> None:
    """A map that only says what the code is not has no positive answer."""
    answer = translate(Catalog([concept_map(element("1", to("z", "not-related-to")))]), Coding(A, "1"), Scope(map=MAP))
    assert not answer.result


@pytest.mark.parametrize("nothing", [{"noMap": True}, {"target": [{"equivalence": "unmatched"}]}])
def test_no_map_is_told_from_not_mapped(nothing) -> None:
    """R5's noMap and R4's unmatched say that there is no target; an absent code says nothing."""
    catalog = Catalog([concept_map({"code": "1", **nothing})])
    known, unknown = (translate(catalog, Coding(A, each), Scope(map=MAP)) for each in ("1", "2"))
    assert [each.no_map for each in known.matches] == [True]
    assert not known.result
    assert unknown.matches == ()


@pytest.mark.parametrize("mode", ["provided", "use-source-code"])
def test_unmapped_gives_the_code_itself(mode) -> None:
    """R4 calls it provided, R5 use-source-code."""
    catalog = Catalog([concept_map(element("1", to("x")), unmapped={"mode": mode, "relationship": "equivalent"})])
    found = translate(catalog, Coding(A, "7"), Scope(map=MAP)).matches
    assert [(each.target.system, each.target.code, each.unmapped) for each in found] == [(B, "7", True)]


def test_unmapped_gives_a_fixed_code() -> None:
    """Every code without an element gets it; a code with one does not."""
    unmapped = {"mode": "fixed", "code": "other", "display": "Other", "relationship": "related-to"}
    catalog = Catalog([concept_map(element("1", to("x")), unmapped=unmapped)])
    assert codes(translate(catalog, Coding(A, "7"), Scope(map=MAP))) == [("other", "related-to")]
    assert codes(translate(catalog, Coding(A, "1"), Scope(map=MAP))) == [("x", "equivalent")]


@pytest.mark.parametrize("key", ["otherMap", "url"])
def test_unmapped_asks_another_map_and_never_in_a_circle(key) -> None:
    """The other map answers; two maps that point at each other end."""
    first = concept_map(element("1", to("x")), unmapped={"mode": "other-map", key: MAP + "2"})
    second = concept_map(element("2", to("y")), url=MAP + "2", unmapped={"mode": "other-map", key: MAP})
    catalog = Catalog([first, second])
    found = translate(catalog, Coding(A, "2"), Scope(map=MAP)).matches
    assert [(each.target.code, each.maps) for each in found] == [("y", (MAP, MAP + "2"))]
    assert translate(catalog, Coding(A, "3"), Scope(map=MAP)).matches == ()


def test_dependencies_choose_the_target() -> None:
    """A target with a dependency is taken when it is met, left out when it is not, and told as unresolved when unknown."""
    male = to("m", dependsOn=[{"attribute": "sex", "valueCode": "male"}])
    female = to("f", dependsOn=[{"attribute": "sex", "valueCode": "female"}])
    catalog = Catalog([concept_map(element("1", male, female))])
    met = translate(catalog, Coding(A, "1"), Scope(map=MAP), dependencies=[Dependency("sex", "female")])
    assert codes(met) == [("f", "equivalent")]
    unknown = translate(catalog, Coding(A, "1"), Scope(map=MAP))
    assert [[each.attribute for each in match.unresolved] for match in unknown.matches] == [["sex"], ["sex"]]


def test_products_are_answered() -> None:
    """What the mapping produces besides the target comes with the match."""
    made = to("x", product=[{"attribute": "laterality", "valueCode": "left"}])
    found = translate(Catalog([concept_map(element("1", made))]), Coding(A, "1"), Scope(map=MAP)).matches[0]
    assert [(each.attribute, each.text) for each in found.product] == [("laterality", "left")]


def test_group_versions_pin() -> None:
    """A group for one version of the source does not answer a code of another."""
    catalog = Catalog([concept_map(element("1", to("x")), source=f"{A}|2")])
    assert translate(catalog, Coding(A, "1", version="2"), Scope(map=MAP)).result
    assert not translate(catalog, Coding(A, "1", version="1"), Scope(map=MAP)).result


def test_every_fitting_map_is_asked_when_none_is_named() -> None:
    """Without a map, those with the source and target system answer, and each match says which map it is of."""
    one, other = concept_map(element("1", to("x"))), concept_map(element("1", to("q")), url=MAP + "c", target=C)
    catalog = Catalog([one, other])
    every = translate(catalog, Coding(A, "1"))
    assert {(each.target.system, each.maps) for each in every.matches} == {(B, (MAP,)), (C, (MAP + "c",))}
    assert [each.target.system for each in translate(catalog, Coding(A, "1"), Scope(target_system=C)).matches] == [C]


NARROW, BROAD = "source-is-narrower-than-target", "source-is-broader-than-target"


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("equivalent", "equivalent", "equivalent"),
        ("equivalent", NARROW, NARROW),
        (NARROW, NARROW, NARROW),
        (BROAD, BROAD, BROAD),
        (BROAD, "equivalent", BROAD),
        (NARROW, BROAD, None),
        (BROAD, NARROW, None),
        ("related-to", "equivalent", "related-to"),
        ("not-related-to", "equivalent", "not-related-to"),
    ],
)
def test_chaining_says_no_more_than_holds(first, second, whole) -> None:
    """Narrower then broader says nothing; narrower twice is narrower."""
    assert chain(first, second) == whole


def test_a_chain_of_maps_names_both() -> None:
    """A to B to C: the maps that were used are told, in their order; a step that says nothing gives no match."""
    first = concept_map(element("1", to("x"), to("y", NARROW)), element("2", to("y", BROAD)))
    second = concept_map(element("x", to("p")), element("y", to("q", NARROW)), url=MAP + "2", source=B, target=C)
    catalog = Catalog([first, second])
    found = translate_through(catalog, Coding(A, "1"), [MAP, MAP + "2"]).matches
    assert [(each.target.code, each.relationship, each.maps) for each in found] == [
        ("p", "equivalent", (MAP, MAP + "2")),
        ("q", NARROW, (MAP, MAP + "2")),
    ]
    assert translate_through(catalog, Coding(A, "2"), [MAP, MAP + "2"]).matches == ()


pairs = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.text("uvwxyz", min_size=1, max_size=3), max_size=8
)


@given(pairs, st.data())
def test_there_and_back_keeps_the_code(mapping, data) -> None:
    """What a code becomes leads back to it, by the same map in reverse, with the relationship turned round twice."""
    relationships = st.sampled_from(sorted(FLIPPED))
    elements = [element(code, to(target, data.draw(relationships))) for code, target in mapping.items()]
    catalog = Catalog([concept_map(*elements)])
    for code in mapping:
        forward = translate(catalog, Coding(A, code), Scope(map=MAP)).matches[0]
        back = translate(catalog, forward.target, Scope(map=MAP), reverse=True).matches
        found = [each.flipped() for each in back]
        assert (code, FLIPPED[forward.relationship]) in [(each.target.code, each.relationship) for each in found]
        assert forward in back
