"""What holds of every value set: it is expanded to the codes that validate, in pages that add up."""

from datetime import UTC, datetime

from hypothesis import given, note
from hypothesis import strategies as st

from samspil_core.jsontext import dumps
from samspil_core.values import Coding
from samspil_terminology import Catalog, Options, expand, validate_code
from samspil_terminology.wire.operations import Service, operate

URL = "http://example.org/s"
CODES = [f"{letter}{number}" for letter in "abc" for number in range(4)]
KINDS = ("x", "y", "z")


@st.composite
def systems(draw):
    concepts = []
    for at, code in enumerate(CODES):
        properties = [{"code": "kind", "valueCode": draw(st.sampled_from(KINDS))}]
        if draw(st.booleans()):
            properties.append({"code": "inactive", "valueBoolean": True})
        if at and draw(st.booleans()):
            properties.append({"code": "parent", "valueCode": CODES[draw(st.integers(0, at - 1))]})
        concepts.append({"code": code, "display": f"Thing {code}", "property": properties})
    base = "http://hl7.org/fhir/concept-properties#"
    declared = [{"code": each, "uri": base + each, "type": "code"} for each in ("parent", "inactive")]
    return {
        "resourceType": "CodeSystem", "url": URL, "version": "1", "status": "active", "content": "complete",
        "property": [*declared, {"code": "kind", "type": "code"}], "concept": concepts,
    }  # fmt: skip


codes = st.sampled_from(CODES)
filters = st.one_of(
    st.tuples(
        st.just("concept"), st.sampled_from(["is-a", "descendent-of", "is-not-a", "generalizes", "child-of"]), codes
    ),
    st.tuples(st.just("kind"), st.sampled_from(["=", "in", "not-in"]), st.sampled_from(KINDS)),
    st.tuples(st.just("code"), st.just("regex"), st.sampled_from(["a.*", ".1", "[bc][0-2]"])),
    st.tuples(st.just("kind"), st.just("exists"), st.sampled_from(["true", "false"])),
).map(lambda each: dict(zip(("property", "op", "value"), each, strict=True)))
clauses = st.one_of(
    st.just({"system": URL}),
    st.lists(codes, min_size=1, max_size=5, unique=True).map(
        lambda some: {"system": URL, "concept": [{"code": each} for each in some]}
    ),
    st.lists(filters, min_size=1, max_size=2).map(lambda some: {"system": URL, "filter": some}),
    st.just({"valueSet": ["http://example.org/inner"]}),
    st.lists(filters, min_size=1, max_size=1).map(
        lambda some: {"system": URL, "filter": some, "valueSet": ["http://example.org/inner"]}
    ),
)


@st.composite
def catalogs(draw):
    inner = {"include": draw(st.lists(clauses.filter(lambda each: "valueSet" not in each), min_size=1, max_size=2))}
    outer = {"include": draw(st.lists(clauses, min_size=1, max_size=3)), "exclude": draw(st.lists(clauses, max_size=2))}
    if draw(st.booleans()):
        outer["inactive"] = draw(st.booleans())
    made = [
        {"resourceType": "ValueSet", "url": f"http://example.org/{name}", "status": "active", "compose": compose}
        for name, compose in (("inner", inner), ("outer", outer))
    ]
    return Catalog([draw(systems()), *made])


OUTER = "http://example.org/outer"


@given(catalogs())
def test_an_expansion_is_the_set_of_codes_that_validate(catalog) -> None:
    """expand = {c | validate-code(c)}, whatever is included, excluded, filtered and imported."""
    note(
        f"{catalog.value_set(OUTER)} {catalog.value_set(OUTER.replace('outer', 'inner'))} {catalog.system(URL).resource}"
    )
    expanded = {code for _, code in expand(catalog, OUTER).codes()}
    valid = {code for code in CODES if validate_code(catalog, Coding(URL, code), OUTER).result}
    assert expanded == valid


@given(catalogs(), st.booleans())
def test_no_code_comes_twice_and_active_only_only_takes_away(catalog, text) -> None:
    """Each code once; with activeOnly a subset, without an inactive code."""
    every = expand(catalog, OUTER).codes()
    active = expand(catalog, OUTER, Options(active_only=True, text="thing" if text else ""))
    assert len(every) == len(set(every))
    assert set(active.codes()) <= set(every)
    assert not any(each.concept.inactive for each in active.entries)


@given(catalogs(), st.integers(1, 5))
def test_pages_add_up_to_the_whole(catalog, size) -> None:
    """Pages in a row are the flat expansion, and all tell the same total."""
    whole = expand(catalog, OUTER, Options(exclude_nested=True, offset=0))
    pages = [expand(catalog, OUTER, Options(count=size, offset=start)) for start in range(0, len(CODES), size)]
    assert [code for page in pages for code in page.codes()] == whole.codes()
    assert {page.total for page in pages} == {len(whole.entries)}


@given(catalogs())
def test_the_same_request_gives_the_same_bytes(catalog) -> None:
    """Clock and identifier are arguments; nothing else decides."""
    service = Service(catalog, lambda: datetime(2026, 1, 1, tzinfo=UTC), lambda: "1")
    asked = {"resourceType": "Parameters", "parameter": [{"name": "url", "valueUri": OUTER}]}
    assert dumps(operate(service, "ValueSet/$expand", asked).resource) == dumps(
        operate(service, "ValueSet/$expand", asked).resource
    )
