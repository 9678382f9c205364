"""Asking a package set: canonicals with and without versions, types, what lies over it."""

import threading

import pytest

URL = "http://example.org/vs"


def value_set(version, name="vs"):
    return {"resourceType": "ValueSet", "id": name, "url": URL, **({"version": version} if version else {})}


@pytest.fixture
def three(kit):
    """A value set in three versions in two packages, and an older twin in the core."""
    kit.cached("hl7.fhir.r4.core", "4.0.1", [*kit.types, value_set("2018-08-12")], fhirVersions=["4.0.1"])
    first = kit.archive("a", "1.0.0", [value_set("1.0.1"), value_set("1.1.0-ballot")])
    second = kit.archive("b", "1.0.0", [value_set("1.1.0"), value_set("1.0.1", "twin")])
    return kit.load(first, second, "hl7.fhir.r4.core")


def test_without_a_version_the_newest_outside_the_core(three):
    assert three.versions("ValueSet", URL) == ("1.1.0", "1.1.0-ballot", "1.0.1", "2018-08-12")
    assert three.value_set(URL)["version"] == "1.1.0"


@pytest.mark.parametrize(
    ("canonical", "version"),
    [
        (f"{URL}|1.0.1", "1.0.1"),
        (f"{URL}|1.1.0-ballot", "1.1.0-ballot"),
        (f"{URL}|2018-08-12", "2018-08-12"),
        (f"{URL}|1.0.x", "1.0.1"),
        (f"{URL}|1.x", "1.1.0"),
        (f"{URL}|1.0", "1.0.1"),
        (f"{URL}#frag", "1.1.0"),
    ],
)
def test_a_version_names_one(three, canonical, version):
    assert three.value_set(canonical)["version"] == version


@pytest.mark.parametrize("canonical", [f"{URL}|9.9.9", "http://example.org/none", "", "|1.0.1", f"{URL}|2.x"])
def test_what_is_not_there_is_none(three, canonical):
    assert three.value_set(canonical) is None
    assert three.heading("ValueSet", canonical) is None


def test_of_equals_the_package_named_earlier_wins(three):
    assert three.find("ValueSet", f"{URL}|1.0.1")["id"] == "vs"


def test_all_gives_each_version_once(three):
    assert [each["version"] for each in three.all("ValueSet")] == ["1.0.1", "1.1.0-ballot", "1.1.0", "2018-08-12"]


def test_a_type_is_found_by_name_and_by_canonical(core):
    assert core.structure("Patient") == core.structure("http://hl7.org/fhir/StructureDefinition/Patient|4.0.1")
    assert core.structure("Nothing") is None


def test_a_type_of_another_place_is_found_by_name(kit):
    logical = {**kit.structure("Model", "logical", "Element", []), "url": "http://example.org/Model"}
    kit.core()
    found = kit.load(kit.archive("a", "1.0.0", [logical]), "hl7.fhir.r4.core")
    assert found.heading("StructureDefinition", "Model").url == "http://example.org/Model"


def test_types_are_what_the_set_defines(core):
    assert core.types() == (
        "BackboneElement",
        "Element",
        "Extension",
        "Identifier",
        "Patient",
        "dateTime",
        "string",
    )


def test_a_heading_tells_without_decoding(core):
    found = core.heading("StructureDefinition", "Identifier")
    assert (found.kind, found.sd_type, found.derivation) == ("complex-type", "Identifier", "specialization")
    assert (found.base.rpartition("/")[2], found.package) == ("Element", "hl7.fhir.r4.core#4.0.1")


def test_decimals_stay_exact(kit):
    """A definition may hold 1.50, which is not 1.5."""
    path = kit.archive("a", "1.0.0", [])
    files = kit.pack("a", "1.0.0", []) | {"package/x.json": b'{"resourceType":"Basic","id":"x","value":1.50}'}
    path.write_bytes(kit.archive_of(files))
    assert [str(each["value"]) for each in kit.load(path).all("Basic")] == ["1.50"]


def test_the_value_set_of_all_codes_of_a_code_system(kit):
    system = {
        "resourceType": "CodeSystem",
        "url": "http://example.org/cs",
        "version": "2",
        "valueSet": "http://example.org/all",
    }
    found = kit.load(kit.archive("a", "1.0.0", [system])).value_set("http://example.org/all")
    assert found["compose"] == {"include": [{"system": "http://example.org/cs"}]}


def test_supplements_of_a_code_system(kit):
    supplement = {
        "resourceType": "CodeSystem",
        "id": "s",
        "url": "http://example.org/s",
        "supplements": "http://example.org/cs|2",
    }
    assert [
        each["id"] for each in kit.load(kit.archive("a", "1.0.0", [supplement])).supplements("http://example.org/cs")
    ] == ["s"]


def test_resources_laid_over_win(core, kit):
    over = core.with_resources([kit.profile("p", []), value_set("1.0.0")])
    more = over.with_resources([value_set("1.0.0", "later")])
    assert over.value_set(URL)["id"] == "vs"
    assert more.value_set(URL)["id"] == "later"
    assert core.value_set(URL) is None
    assert len({core.hash, over.hash, more.hash}) == 3
    assert over.hash == core.with_resources([kit.profile("p", []), value_set("1.0.0")]).hash
    assert [each["id"] for each in over.all("ValueSet")] == ["vs"]
    assert over.heading("StructureDefinition", "http://example.org/p").sd_type == "Patient"


def test_a_model_may_be_laid_over(core):
    models = pytest.importorskip("fhir.resources.R4B.valueset", reason="fhir.resources is not installed")
    over = core.with_resources([models.ValueSet(url=URL, status="active")])
    assert over.value_set(URL)["status"] == "active"


def test_many_threads_may_ask(core):
    """One set serves a server's threads."""
    found = []
    threads = [threading.Thread(target=lambda: found.append(core.structure("Patient")["id"])) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == ["Patient"] * 8


def test_the_folder_is_named_for_the_hash(core, kit):
    assert core.folder == kit.index / "sets" / core.hash
    core.close()
