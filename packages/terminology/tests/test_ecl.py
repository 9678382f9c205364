"""Expression constraints: the grammar of ECL 2.2, and its meaning against a plain walk of a generated release.

https://docs.snomed.org/snomed-ct-specifications/snomed-ct-expression-constraint-language
"""

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samspil_terminology import OperationFailed, expand
from samspil_terminology.snomed.ecl.filters import term_test
from samspil_terminology.snomed.ecl.parser import BadConstraint, parse
from samspil_terminology.snomed.ecl.tree import SearchTerm
from samspil_terminology.snomed.known import ROOT
from samspil_terminology.wire.operations import Service, operate
from tools.corpora import DEFAULT

SCT = "http://snomed.info/sct"
FOLDER = Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT) / "terminology" / "ecl" / "examples"
EXAMPLES = [pytest.param(each, id=f"{each.parent.name}/{each.stem}") for each in sorted(FOLDER.glob("*/*.txt"))]
NONE = pytest.param(None, marks=pytest.mark.skip(reason="corpora are absent: set SAMSPIL_CORPORA"))


@pytest.mark.parametrize("example", EXAMPLES or [NONE])
def test_every_example_of_the_specification_is_read(example: Path) -> None:
    """The examples that come with the grammar are constraints."""
    assert parse(example.read_text(encoding="utf-8")) is not None


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "<<",
        "<< 404684003 AND",
        "<< 404684003 extra",
        "<< 404684003 OR << 195967001 AND << 1",
        "(<< 404684003",
        "* : = *",
    ],
)
def test_what_is_no_constraint_is_refused(wrong) -> None:
    """Half a constraint, mixed AND and OR without brackets, an attribute without name."""
    with pytest.raises(BadConstraint):
        parse(wrong)


class Walk:
    """What the hierarchy of a code system says, by following parents and children one at a time."""

    def __init__(self, system) -> None:
        self.codes = list(system.codes())
        self.parents = {code: set(system.parents(code)) for code in self.codes}
        self.children = {code: set(system.children(code)) for code in self.codes}

    def far(self, code, step):
        found, open_ = set(), [code]
        while open_:
            for each in step[open_.pop()] - found:
                found.add(each)
                open_.append(each)
        return found

    def answer(self, operator, code):  # noqa: PLR0911  one return a case
        match operator:
            case "":
                return {code}
            case "<":
                return self.far(code, self.children)
            case "<<":
                return self.far(code, self.children) | {code}
            case "<!":
                return self.children[code]
            case "<<!":
                return self.children[code] | {code}
            case ">":
                return self.far(code, self.parents)
            case ">>":
                return self.far(code, self.parents) | {code}
            case ">!":
                return self.parents[code]
            case _:
                return self.parents[code] | {code}


@pytest.fixture(scope="module")
def walk(snomed):
    return Walk(snomed.system(SCT))


def found(catalog, constraint):
    value_set = {
        "resourceType": "ValueSet", "status": "active",
        "compose": {"include": [{"system": SCT, "filter": [{"property": "constraint", "op": "=", "value": constraint}]}]},
    }  # fmt: skip
    return {code for _, code in expand(catalog, value_set, limit=10_000).codes()}


OPERATORS = st.sampled_from(["", "<", "<<", "<!", "<<!", ">", ">>", ">!", ">>!"])


@settings(max_examples=60, deadline=None)
@given(OPERATORS, st.integers(0, 10**6), st.sampled_from(["AND", "OR", "MINUS"]), OPERATORS, st.integers(0, 10**6))
def test_operators_and_sets_mean_what_a_walk_finds(snomed, walk, one, a, joined, other, b) -> None:
    """Every hierarchy operator, joined by AND, OR, MINUS."""
    left, right = walk.codes[a % len(walk.codes)], walk.codes[b % len(walk.codes)]
    sets = walk.answer(one, left), walk.answer(other, right)
    wanted = {"AND": sets[0] & sets[1], "OR": sets[0] | sets[1], "MINUS": sets[0] - sets[1]}[joined]
    assert found(snomed, f"{one} {left} {joined} {other} {right}") == wanted


def test_refinements_mean_what_the_attributes_say(snomed, walk) -> None:
    """One attribute, in any group, by value, by descendants of the value, negated, counted and in reverse."""
    system = snomed.system(SCT)
    held = {code: [(each.code, each.value) for each in system.attribute_properties(code)] for code in walk.codes}
    kind, value = next(iter(pairs[0] for pairs in held.values() if pairs))
    below = walk.answer("<<", value)
    assert found(snomed, f"* : {kind} = {value}") == {code for code, pairs in held.items() if (kind, value) in pairs}
    some = {code for code, pairs in held.items() if any(name == kind and each in below for name, each in pairs)}
    assert found(snomed, f"* : {kind} = << {value}") == some
    assert found(snomed, f"* : [0..0] {kind} = << {value}") == set(walk.codes) - some
    other = {code for code, pairs in held.items() if any(name == kind and each not in below for name, each in pairs)}
    assert found(snomed, f"* : {kind} != << {value}") == other
    twice = {code for code, pairs in held.items() if sum(name == kind for name, _ in pairs) >= 2}
    assert found(snomed, f"* : [2..*] {kind} = *") == twice
    targets = {each for pairs in held.values() for name, each in pairs if name == kind}
    assert found(snomed, f"* . {kind}") == targets
    assert found(snomed, f"* : R {kind} = *") == targets


def test_top_and_bottom(snomed, walk) -> None:
    """`!!>` keeps what has nothing above it in the set, `!!<` what has nothing below."""
    inside = walk.answer("<", ROOT)
    assert found(snomed, f"!!> (< {ROOT})") == {code for code in inside if not walk.answer(">", code) & inside}
    assert found(snomed, f"!!< (< {ROOT})") == {code for code in inside if not walk.children[code] & inside}


def test_term_filters_find_words_in_any_order(snomed, walk) -> None:
    """`{{ term = "b a" }}` finds texts that have words beginning with each."""
    system = snomed.system(SCT)
    some = next(each for each in walk.codes if len(system.find(each).display.split()) > 2)
    words = system.find(some).display.split()
    hits = found(snomed, f'* {{{{ term = "{words[1][:4]} {words[0][:4]}" }}}}')
    assert some in hits
    assert len(hits) < len(walk.codes) / 2


def test_implicit_value_sets(snomed, walk) -> None:
    """`fhir_vs`, `fhir_vs=isa/...` and `fhir_vs=ecl/...` are value sets without a resource."""
    parent = next(iter(walk.children[ROOT]))
    isa = {code for _, code in expand(snomed, f"{SCT}?fhir_vs=isa/{parent}", limit=10_000).codes()}
    ecl = {code for _, code in expand(snomed, f"{SCT}?fhir_vs=ecl/%3C%3C%20{parent}", limit=10_000).codes()}
    assert isa == ecl == walk.answer("<<", parent)
    assert len(expand(snomed, f"{SCT}?fhir_vs", limit=10_000).entries) == len(walk.codes)


def test_a_wrong_constraint_is_an_operation_outcome_that_tells_the_place(snomed, clock) -> None:
    """The answer is 4xx with an OperationOutcome, never a traceback."""
    asked = {
        "resourceType": "Parameters",
        "parameter": [{"name": "url", "valueUri": f"{SCT}?fhir_vs=ecl/<< 404684003 AND"}],
    }
    answer = operate(Service(snomed, clock), "ValueSet/$expand", asked)
    assert answer.status in {400, 404, 422}
    assert answer.resource["resourceType"] == "OperationOutcome"
    with pytest.raises(OperationFailed):
        found(snomed, "<< 404684003 AND")


@given(st.text("ab*", max_size=8).map(lambda text: text + "*"), st.text("abA", max_size=8))
def test_a_wildcard_takes_any_text(pattern: str, text: str) -> None:
    """As told by the rule itself, letter by letter."""

    def fits(wild: str, rest: str) -> bool:
        if not wild:
            return not rest
        if wild[0] == "*":
            return fits(wild[1:], rest) or (rest != "" and fits(wild, rest[1:]))
        return rest[:1] == wild[0] and fits(wild[1:], rest[1:])

    assert term_test(SearchTerm(pattern, wild=True))(text) is fits(pattern, text.lower())


def test_no_wildcards_can_make_a_term_search_go_back_and_forth() -> None:
    """Forty stars, and a text that fits all but the end."""
    begun = time.process_time()
    assert not term_test(SearchTerm("*a" * 40 + "b", wild=True))("a" * 2000)
    assert time.process_time() - begun < 10
