"""Snapshots from differentials: what a profile says laid over its base, and what it may not say."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samspil_definitions import PackageError
from samspil_definitions.snapshot import generate

KEYS = ["id", "path", "sliceName", "slicing", "min", "max", "type", "code", "profile", "constraint", "binding", "element",
        "discriminator", "contentReference", "mapping", "extension", "condition", "fixedString"]  # fmt: skip
TYPE_SLICING = [{"type": "type", "path": "$this"}]


@pytest.fixture
def make(core, kit):
    """Generate the snapshot of a profile of Patient with these rows; elements by id, and the codes of the findings."""

    def run(*rows, base="Patient", among=(), **more):
        given = kit.profile("p", [row(each) for each in rows], base, **more)
        made = generate(given, core.with_resources(among))
        elements = {each["id"]: each for each in made.structure["snapshot"]["element"]}
        return elements, [issue.code for issue in made.outcome]

    return run


def row(text_or_element):
    """An element of a differential; a text is an id, whose path and slice name follow."""
    element = {"id": text_or_element} if isinstance(text_or_element, str) else dict(text_or_element)
    parts = element["id"].split(".")
    element.setdefault("path", ".".join(part.partition(":")[0] for part in parts))
    if ":" in parts[-1]:
        element.setdefault("sliceName", parts[-1].partition(":")[2])
    return element


def test_nothing_said_is_the_base(make, core):
    made, codes = make("Patient")
    assert list(made) == [each["id"] for each in core.structure("Patient")["snapshot"]["element"]]
    assert codes == []


def test_what_is_said_replaces_and_the_rest_stays(make):
    made, _ = make({"id": "Patient.identifier", "min": 1, "definition": "...of a person"})
    assert (made["Patient.identifier"]["min"], made["Patient.identifier"]["max"]) == (1, "*")
    assert made["Patient.identifier"]["definition"] == "An identifier\r\nof a person"
    assert made["Patient.identifier"]["base"] == {"path": "Patient.identifier", "min": 0, "max": "*"}


def test_children_of_a_type_appear_when_one_is_constrained(make):
    made, _ = make({"id": "Patient.identifier.system", "min": 1})
    names = [name for name in made if name.startswith("Patient.identifier.")]
    assert [name.rpartition(".")[2] for name in names] == ["id", "extension", "system", "value"]
    assert made["Patient.identifier.system"]["base"]["path"] == "Identifier.system"


def test_constraints_add_up_with_their_source(make):
    made, _ = make({"id": "Patient.contact", "constraint": [{"key": "p-1", "severity": "error", "human": "x"}]})
    assert [(each["key"], each["source"]) for each in made["Patient.contact"]["constraint"]] == [
        ("p-1", "http://example.org/p")
    ]


def test_a_fixed_value_replaces_a_pattern(make, kit):
    base = kit.profile("b", [row({"id": "Patient.name", "patternString": "x"})])
    made, _ = make({"id": "Patient.name", "fixedString": "x"}, base="http://example.org/b", among=[base])
    assert "patternString" not in made["Patient.name"]


SLICING = {
    "id": "Patient.identifier",
    "slicing": {"discriminator": [{"type": "value", "path": "system"}], "rules": "open"},
}


def test_slices_stand_after_the_element_and_need_not_appear(make):
    made, codes = make(
        {**SLICING, "min": 1}, "Patient.identifier:cpr", {"id": "Patient.identifier:cpr.system", "fixedString": "x"}
    )
    assert made["Patient.identifier:cpr"]["min"] == 0
    assert made["Patient.identifier:cpr.system"]["fixedString"] == "x"
    assert "slicing" not in made["Patient.identifier:cpr"]
    assert list(made).index("Patient.identifier:cpr") == list(made).index("Patient.identifier") + 1
    assert codes == []


def test_slices_take_the_children_as_the_profile_constrains_them(make):
    made, _ = make(SLICING, {"id": "Patient.identifier.value", "min": 1}, "Patient.identifier:cpr")
    assert made["Patient.identifier:cpr.value"]["min"] == 1


def test_a_slice_with_a_profile_takes_its_children_and_the_constraints_of_the_element(make, kit):
    rows = [row({"id": "Identifier.system", "fixedString": "x"})]
    typed = kit.profile("id", rows, "Identifier", kind="complex-type")
    slice_ = {"id": "Patient.identifier:a", "type": [{"code": "Identifier", "profile": ["http://example.org/id"]}]}
    made, _ = make(SLICING, {"id": "Patient.identifier.value", "min": 1}, slice_, "Patient.identifier:b", among=[typed])
    assert made["Patient.identifier:a.system"]["fixedString"] == "x"
    assert made["Patient.identifier:a.value"]["min"] == 1
    assert "fixedString" not in made["Patient.identifier:b.system"]


def test_a_slice_of_the_base_is_constrained_further(make, kit):
    base = kit.profile("b", [row(SLICING), row({"id": "Patient.identifier:cpr", "max": "1"})])
    made, _ = make(
        {"id": "Patient.identifier:cpr", "min": 1}, "Patient.identifier:new", base="http://example.org/b", among=[base]
    )
    assert (made["Patient.identifier:cpr"]["min"], made["Patient.identifier:cpr"]["max"]) == (1, "1")
    assert list(made).index("Patient.identifier:new") > list(made).index("Patient.identifier:cpr")


def test_reslices_start_from_their_slice(make):
    made, _ = make(
        SLICING, {"id": "Patient.identifier:a", "max": "3"}, "Patient.identifier:b", "Patient.identifier:a/x"
    )
    order = [name for name in made if ":" in name]
    assert order == ["Patient.identifier:a", "Patient.identifier:a/x", "Patient.identifier:b"]
    assert made["Patient.identifier:a/x"]["max"] == "3"


def test_a_slice_appears_at_most_as_often_as_its_element(make):
    made, _ = make({**SLICING, "max": "2"}, "Patient.identifier:a")
    assert made["Patient.identifier:a"]["max"] == "2"


def test_extensions_are_sliced_by_url_unsaid(make, kit):
    made, _ = make("Patient.extension:x")
    assert made["Patient.extension"]["slicing"]["discriminator"] == [{"type": "value", "path": "url"}]


def test_an_extension_takes_what_its_definition_says(make, kit):
    root = {"id": "Extension", "path": "Extension", "max": "1", "short": "A place"}
    extension = kit.profile(
        "ext", [root, row({"id": "Extension.value[x]", "type": [{"code": "string"}]})], "Extension", kind="complex-type"
    )
    slice_ = {"id": "Patient.extension:x", "type": [{"code": "Extension", "profile": ["http://example.org/ext"]}]}
    made, codes = make(slice_, {"id": "Patient.extension:x.value[x]", "min": 1}, among=[extension])
    assert (made["Patient.extension:x"]["max"], made["Patient.extension:x"]["short"]) == ("1", "A place")
    assert made["Patient.extension:x.value[x]"]["type"] == [{"code": "string"}]
    assert codes == []


def test_a_path_that_names_a_type_slices_the_choice(make):
    made, _ = make({"id": "Patient.deceasedDateTime", "path": "Patient.deceasedDateTime", "short": "when"})
    choice, one = made["Patient.deceased[x]"], made["Patient.deceased[x]:deceasedDateTime"]
    assert (choice["slicing"]["discriminator"], choice["slicing"]["rules"]) == (TYPE_SLICING, "open")
    assert (one["path"], one["type"], one["min"]) == ("Patient.deceased[x]", [{"code": "dateTime"}], 0)


def test_a_required_type_leaves_no_other(make):
    made, _ = make({"id": "Patient.deceasedDateTime", "path": "Patient.deceasedDateTime", "min": 1})
    choice = made["Patient.deceased[x]"]
    assert (choice["slicing"]["rules"], choice["type"], choice["min"]) == ("closed", [{"code": "dateTime"}], 1)


def test_a_choice_of_one_type_is_constrained_itself(make):
    one = {"id": "Patient.deceased[x]", "type": [{"code": "dateTime"}]}
    made, _ = make(one, {"id": "Patient.deceasedDateTime.extension:x", "path": "Patient.deceasedDateTime.extension"})
    assert "Patient.deceased[x].extension:x" in made
    assert "slicing" not in made["Patient.deceased[x]"]


def test_a_choice_that_the_base_leaves_one_type_is_constrained_itself(make, kit):
    base = kit.profile("b", [row({"id": "Patient.deceased[x]", "type": [{"code": "dateTime"}]})])
    named = {"id": "Patient.deceasedDateTime", "path": "Patient.deceasedDateTime", "min": 1}
    made, _ = make(named, base="http://example.org/b", among=[base])
    assert made["Patient.deceased[x]"]["min"] == 1
    assert "slicing" not in made["Patient.deceased[x]"]


def test_a_content_reference_is_followed(make):
    made, _ = make({"id": "Patient.contact.contact.name", "min": 1})
    assert made["Patient.contact.contact"]["type"] == [{"code": "BackboneElement"}]
    assert "contentReference" not in made["Patient.contact.contact"]
    assert made["Patient.contact.contact.name"]["min"] == 1
    assert made["Patient.contact.contact.contact"]["contentReference"] == "#Patient.contact"
    assert made["Patient.contact.name"]["min"] == 0


def test_ids_may_be_missing(make):
    """Older tools wrote paths and slice names alone."""
    rows = [
        {"path": "Patient.identifier", "slicing": SLICING["slicing"]},
        {"path": "Patient.identifier", "sliceName": "cpr"},
        {"path": "Patient.identifier.system", "min": 1},
    ]
    made, codes = make(*({"id": "", **each} for each in rows))
    assert made["Patient.identifier:cpr.system"]["min"] == 1
    assert codes == []


def test_the_order_of_the_differential_does_not_matter_but_is_told(make):
    made, codes = make({"id": "Patient.contact", "min": 1}, {"id": "Patient.identifier", "min": 1})
    assert list(made).index("Patient.identifier") < list(made).index("Patient.contact")
    assert codes == ["SAM-DEF-406"]


def test_a_type_of_its_own_adds_elements(core, kit):
    rows = [
        {"id": "Animal", "path": "Animal", "min": 0, "max": "*"},
        kit.element("Animal.tag", 1, types=["Identifier"]),
        kit.element("Animal.leg", maximum="4", types=["BackboneElement"]),
        kit.element("Animal.leg.name", types=["string"]),
    ]
    given = kit.profile("Animal", rows, "Patient", derivation="specialization") | {"type": "Animal"}
    made = generate(given, core).structure["snapshot"]["element"]
    names = [each["id"] for each in made]
    assert names[0] == "Animal"
    assert "Animal.identifier" in names
    assert names[-5:] == ["Animal.tag", "Animal.leg", "Animal.leg.id", "Animal.leg.extension", "Animal.leg.name"]
    tag = next(each for each in made if each["id"] == "Animal.tag")
    assert [each["key"] for each in tag["constraint"]] == ["ele-1"]


@pytest.mark.parametrize(
    ("element", "code"),
    [
        ({"id": "Patient.none"}, "SAM-DEF-403"),
        ({"id": "Person.name", "path": "Person.name"}, "SAM-DEF-403"),
        ({"id": "Patient.name", "type": [{"code": "Identifier"}]}, "SAM-DEF-405"),
        ({"id": "Patient.name", "fixedDateTime": "2020"}, "SAM-DEF-405"),
        ({"id": "Patient.identifier", "patternString": "x"}, "SAM-DEF-405"),
        ({"id": "Patient.name", "min": 1, "max": "0"}, "SAM-DEF-405"),
        ({"id": "Patient", "slicing": {"rules": "open"}}, "SAM-DEF-404"),
        ({"id": "Patient.deceased[x]:dateTime", "type": [{"code": "dateTime"}]}, "SAM-DEF-404"),
    ],
)
def test_what_a_differential_may_not_say_is_a_finding(make, element, code):
    made, codes = make(element)
    assert codes == [code]
    assert "Patient.identifier" in made


def test_a_base_may_not_be_loosened(make, kit):
    base = kit.profile("b", [row({"id": "Patient.name", "min": 1, "mustSupport": True})])
    _, codes = make({"id": "Patient.name", "min": 0, "mustSupport": False}, base="http://example.org/b", among=[base])
    assert codes == ["SAM-DEF-405", "SAM-DEF-405"]


def test_two_required_slices_of_a_choice_cannot_be(make):
    rows = (
        {"id": f"Patient.{name}", "path": f"Patient.{name}", "min": 1}
        for name in ("deceasedDateTime", "deceasedString")
    )
    assert "SAM-DEF-404" in make(*rows)[1]


def test_a_base_that_is_not_there_stops(make):
    with pytest.raises(PackageError, match="not among the packages"):
        make("Patient", base="http://example.org/none")


def test_profiles_that_derive_from_each_other_stop(core, kit):
    one = kit.profile("one", [], "http://example.org/two")
    two = kit.profile("two", [], "http://example.org/one")
    with pytest.raises(PackageError, match="derives from itself"):
        core.with_resources([one, two]).structure("http://example.org/one")


def test_an_element_may_have_the_profile_that_it_is_in(core, kit):
    """A person whose extension holds a person: the inner one is known by its type alone."""
    own = [{"code": "Extension", "profile": ["http://example.org/ext"]}]
    rows = [
        row({"id": "Extension.extension:self", "type": own}),
        row({"id": "Extension.extension:self.value[x]", "max": "0"}),
    ]
    extension = kit.profile("ext", rows, "Extension", kind="complex-type")
    found = core.with_resources([extension]).structure("http://example.org/ext")
    assert any(each["id"] == "Extension.extension:self.value[x]" for each in found["snapshot"]["element"])


def test_a_set_gives_profiles_with_snapshots_and_keeps_them(kit):
    kit.core()
    given = kit.profile("p", [row({"id": "Patient.name", "min": 1})])
    archive = kit.archive("a", "1.0.0", [given], dependencies={"hl7.fhir.r4.core": "4.0.1"})
    first = kit.load(archive)
    made = first.structure("http://example.org/p")
    assert list((first.folder / "snapshots").iterdir())
    assert kit.load(archive).structure("http://example.org/p") == made
    assert "snapshot" not in first.differential("http://example.org/p")


def test_the_inside_of_an_unknown_extension_is_told(make):
    slice_ = {"id": "Patient.extension:x", "type": [{"code": "Extension", "profile": ["http://example.org/none"]}]}
    made, codes = make(slice_, {"id": "Patient.extension:x.value[x]", "min": 1})
    assert codes == ["SAM-DEF-408"]
    assert made["Patient.extension:x.value[x]"]["min"] == 1


def test_a_set_tells_what_is_wrong_with_a_profile(core, kit):
    over = core.with_resources(
        [kit.profile("p", [row("Patient.none")]), kit.profile("q", [], "http://example.org/none"), kit.profile("r", [])]
    )
    codes = {name: [issue.code for issue in over.snapshot_outcome(f"http://example.org/{name}")] for name in "pqrs"}
    assert codes == {"p": ["SAM-DEF-403"], "q": ["SAM-DEF-401"], "r": [], "s": []}
    assert core.snapshot_outcome("Patient").issues == ()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from(["Patient", "Patient.name", "0", "*", "Patient.name:x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(differential=JSON, row_=st.dictionaries(st.sampled_from(KEYS), JSON, max_size=5))
def test_a_malformed_profile_never_gets_a_traceback(core, kit, differential, row_):
    """Whatever stands where a differential or an element should stand, there is a snapshot or a finding."""
    for given_ in (differential, {"element": [row_]}, {"element": [row("Patient.identifier:a"), row_]}):
        over = core.with_resources([kit.profile("p", [], differential=given_)])
        with suppress(PackageError):
            assert over.structure("http://example.org/p")["snapshot"]["element"]
        assert all(issue.code.startswith("SAM-DEF-4") for issue in over.snapshot_outcome("http://example.org/p"))


NAMES = st.sampled_from(
    [
        "Patient.identifier",
        "Patient.identifier:a",
        "Patient.identifier:a.system",
        "Patient.name",
        "Patient.deceased[x]",
        "Patient.deceasedDateTime",
        "Patient.contact.contact.name",
        "Patient.extension:x",
        "Patient.extension:x.value[x]",
        "Patient.none",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(NAMES, max_size=6))
def test_any_differential_gives_a_snapshot_that_holds_its_base(core, kit, rows):
    """Whatever rows a differential has, nothing of the base is lost, each id stands once, children follow parents."""
    made = generate(kit.profile("p", [row(each) for each in rows]), core).structure["snapshot"]["element"]
    ids = [each["id"] for each in made]
    assert len(set(ids)) == len(ids)
    assert {each["id"] for each in core.structure("Patient")["snapshot"]["element"]} <= set(ids)
    assert all(name.rpartition(".")[0] in ids[:place] for place, name in enumerate(ids) if "." in name)
