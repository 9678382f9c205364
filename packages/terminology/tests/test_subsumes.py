"""$subsumes and $closure: a partial order, and a table of it told step by step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_core.values import Coding
from samspil_terminology import Catalog, ClosureTable, OperationFailed, subsumes

URL = "http://example.org/tree"


@st.composite
def graphs(draw):
    """Concepts 0..n, each with parents among the earlier ones, as properties: a hierarchy of several parents."""
    count = draw(st.integers(1, 12))
    return [draw(st.sets(st.integers(0, at - 1), max_size=3)) if at else set() for at in range(count)]


def resource(graph):
    concepts = [
        {"code": str(at), "property": [{"code": "parent", "valueCode": str(each)} for each in sorted(parents)]}
        for at, parents in enumerate(graph)
    ]
    declared = [{"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}]
    return {
        "resourceType": "CodeSystem", "url": URL, "status": "active", "content": "complete",
        "hierarchyMeaning": "is-a", "property": declared, "concept": concepts,
    }  # fmt: skip


def above(graph, at):
    found = set()
    for each in graph[at]:
        found |= {each} | above(graph, each)
    return found


@given(graphs())
def test_it_is_a_partial_order_and_agrees_with_a_walk(graph) -> None:
    """Reflexive, antisymmetric, transitive; and exactly what walking the parents finds."""
    catalog = Catalog([resource(graph)])
    codes = range(len(graph))
    order = {(a, b): subsumes(catalog, URL, str(a), str(b)) for a in codes for b in codes}
    for a in codes:
        assert order[a, a] == "equivalent"
        for b in codes:
            assert (order[a, b] == "subsumes") == (a in above(graph, b))
            assert (order[a, b] == "subsumes") == (order[b, a] == "subsumed-by")
            for c in codes:
                if order[a, b] == order[b, c] == "subsumes":
                    assert order[a, c] == "subsumes"


def test_a_release_agrees_with_a_walk(snomed) -> None:
    """In the store, too: every ancestor that the parents lead to, and no other."""
    url = "http://snomed.info/sct"
    system = snomed.system(url)
    codes = list(system.codes())[-60:]

    def walk(code):
        return {one for parent in system.parents(code) for one in (parent, *walk(parent))}

    for code in codes:
        up = walk(code)
        assert all(subsumes(snomed, url, each, code) == "subsumes" for each in up)
        assert all((subsumes(snomed, url, each, code) == "subsumes") == (each in up) for each in codes)


@pytest.mark.parametrize(("system", "code"), [(URL, "nothing"), ("http://example.org/unknown", "0")])
def test_what_is_not_known_is_said(system, code) -> None:
    """An unknown code or code system is an error, not "not subsumed"."""
    with pytest.raises(OperationFailed) as failed:
        subsumes(Catalog([resource([set(), {0}])]), system, "0", code)
    assert failed.value.status == 404


@given(graphs(), st.data())
def test_a_closure_table_tells_every_pair_once(graph, data) -> None:
    """However the codes are told, the pairs add up to the order between them, each told once."""
    catalog = Catalog([resource(graph)])
    codes = data.draw(st.lists(st.integers(0, len(graph) - 1), min_size=1, max_size=15))
    table = ClosureTable("t")
    told = [pair for code in codes for pair in table.add(catalog, [Coding(URL, str(code))])]
    has = {(int(each.narrow.code), int(each.broad.code)) for each in told}
    assert len(has) == len(told)
    assert has == {(a, b) for a in set(codes) for b in set(codes) if b in above(graph, a)}
    assert table.version == len(set(codes))
    assert table.since(0) == told


def test_a_failing_call_leaves_the_closure_table_as_it_was() -> None:
    """Nothing is kept of a call with an unknown code."""
    catalog, table = Catalog([resource([set(), {0}])]), ClosureTable("t")
    with pytest.raises(OperationFailed):
        table.add(catalog, [Coding(URL, "1"), Coding(URL, "nothing")])
    assert (table.version, table.codings) == (0, [])
