"""Danish and Nordic code systems: SKS, NPU, ATC, SOR, their many names, and codes that stand under the wrong one."""

import pytest

from samspil_core.values import Coding
from samspil_terminology import Catalog, Store, did_you_mean, import_into, lookup, subsumes, validate_code
from samspil_terminology.aliases import GROUPS

SKS, DIAGNOSES, NPU = "urn:oid:1.2.208.176.2.4", "urn:oid:1.2.208.176.2.4.12", "http://npu-terminology.org"
ICPC, SOR, ATC = "http://hl7.org/fhir/sid/icpc-2", "urn:oid:1.2.208.176.1.1", "http://www.whocc.no/atc"


def sks_line(code, start, end, text, sex="", change=""):
    """A record as the file has it: register 3, code 20, dates of 8, text 120, then single fields by position."""
    line = f"dia{code:<20}{start}{start}{end}{text:<120}".ljust(182) + f"{sex:<1}".ljust(5) + f"{change:<1}"
    return line.ljust(214).encode("cp1252") + b"\r\n"


LINES = [
    ("DA00", "19950101", "25000101", "Kolera"),
    ("DJ45", "19950101", "25000101", "Astma"),
    ("DJ459", "19950101", "20091231", "Astma UNS (gammel tekst)"),
    ("DJ459", "20100101", "25000101", "Astma UNS"),
    ("DJ459A", "20100101", "25000101", "Sværhedsgrad: astma ærø"),
    ("DJ46", "19950101", "20011231", "Status asthmaticus"),
    ("ZA", "19950101", "25000101", "Sideangivelse"),
    ("ZAH", "19950101", "25000101", "Højresidig"),
    ("TUL1", "19950101", "25000101", "Højresidig"),
]


@pytest.fixture(scope="module")
def sks_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("sks") / "SKScomplete.txt"
    path.write_bytes(b"".join(sks_line(*each) for each in LINES))
    return path


@pytest.fixture(scope="module")
def catalog(sks_file, tmp_path_factory, make):
    folder = tmp_path_factory.mktemp("danish")
    store = Store(folder / "store")
    npu, sor, atc = folder / "npu.csv", folder / "sor.csv", folder / "atc.csv"
    npu.write_bytes(
        b"h;h;h;NPU code;Short definition;System;;;Component\n"
        b"2024-01-01;;2001-01-01;NPU02319;B-H\xe6moglobin; subst.c. = ? mmol/L;Blood;;;Hemoglobin\n".replace(
            b"H\xe6moglobin; subst", "Hæmoglobin(Fe), subst".encode("cp1252")
        )
        + b"2024-01-01;;2001-01-01;NPU99999;P-Old;Plasma;;;X;;;;;;;;;;;;0\n"
    )
    sor.write_text(
        'SorId;EntityName;ParentSorId;ToDate\n="1";="Region";;\n="12";="Sygehus";="1";\n="13";="Lukket";="1";="2020-01-01"\n'
    )
    atc.write_text(
        '"Kode";"Tekst"\n"M";"ATC"\n"MA";"Fordøjelse"\n"MA01";"Mund"\n"MA01A";"Stomatologica"\n"MA01AA";"Caries"\n"MA01AA01";"natriumfluorid"\n'
    )
    for path, kind in ((sks_file, "sks"), (sks_file, "sks-diagnoses"), (npu, "npu"), (sor, "sor"), (atc, "atc")):
        done = import_into(store, [path], kind=kind)
        assert done.outcome.ok
        assert done.entry
        assert done.license
    made = Catalog().provide(store)
    return made.add(make.system(ICPC, make.concept("R74", "Akut øvre luftvejsinfektion"), name="ICPC-2"))


@pytest.mark.parametrize("group", [pytest.param(each, id=each[0]) for each in GROUPS if len(each) > 1])
def test_every_name_of_a_group_resolves_and_the_preferred_one_is_answered(group, make) -> None:
    """Whatever name the code system was loaded under, and whatever name is asked."""
    for loaded in group:
        catalog = Catalog([make.system(loaded, make.concept("a", "A"))])
        catalog.add(make.value_set("http://example.org/vs", {"system": group[-1]}))
        for name in group:
            assert lookup(catalog, name, "a").coding.system == group[0]
            alone = validate_code(catalog, Coding(name, "a"))
            inside = validate_code(catalog, Coding(name, "a"), "http://example.org/vs")
            assert (alone.result, alone.coding.system) == (True, group[0])
            assert (inside.result, inside.coding.system) == (True, group[0])


def test_names_that_are_not_of_a_group_do_not_meet(make) -> None:
    """An OID more or less is another code system."""
    catalog = Catalog([make.system(NPU, make.concept("a", "A"))])
    assert not validate_code(catalog, Coding("urn:oid:1.2.208.176.2.11", "a")).result


@pytest.mark.parametrize(
    ("system", "code", "meant"),
    [
        (DIAGNOSES, "R74", (ICPC, "R74")),
        (ICPC, "DJ459", (DIAGNOSES, "DJ459")),
        (ICPC, "J45.9", (DIAGNOSES, "DJ459")),
        ("urn:oid:1.2.208.176.2.31", "DJ459", (DIAGNOSES, "DJ459")),
        (ICPC, "NPU02319", (NPU, "NPU02319")),
        ("https://kiap.dk/kiap/koder/icpckoder", "A01AA01", (ATC, "A01AA01")),
        (ATC, "MA01AA01", (ATC, "A01AA01")),
        (DIAGNOSES, "J45.9", (DIAGNOSES, "DJ459")),
    ],
)
def test_a_code_of_another_system_is_found_there(catalog, system, code, meant) -> None:
    """The swaps of published messages: a code of one known system under the name of another."""
    found = [(each.system, each.code) for each in did_you_mean(catalog, Coding(system, code))]
    assert meant in found
    assert all(catalog.system(url).find(name) for url, name in found)


def test_did_you_mean_is_silent_on_codes_that_nobody_has(catalog) -> None:
    """No guess is better than a wild one; a coding of a system outside the groups is none of its business."""
    assert did_you_mean(catalog, Coding(ICPC, "QQQ999")) == []
    assert did_you_mean(catalog, Coding("http://example.org/x", "R74")) == []


def test_the_answer_of_validation_says_what_may_be_meant(catalog) -> None:
    """The message names the other system and the code there."""
    found = validate_code(catalog, Coding(DIAGNOSES, "R74"))
    assert not found.result
    assert any(ICPC in each.text and "R74" in each.text for each in found.issues)


def test_sks_history(catalog) -> None:
    """The latest text counts, earlier ones are kept; a code whose last period is over is inactive."""
    asthma = lookup(catalog, SKS, "DJ459")
    assert asthma.display == "Astma UNS"
    assert "Astma UNS (gammel tekst)" in {each.value for each in asthma.designations}
    assert lookup(catalog, SKS, "DJ46").concept.inactive
    assert not asthma.concept.inactive


def test_an_sks_code_is_over_when_its_last_day_is(tmp_path) -> None:
    """The day is that of the version, or of the file: an end that is still to come does not make a code inactive."""
    path = tmp_path / "SKScomplete.txt"
    path.write_bytes(sks_line("DA00", "19950101", "20261231", "Kolera"))
    for version, inactive in (("2026-07-01", False), ("2026-12-31", False), ("2027-01-01", True)):
        import_into(Store(tmp_path / version), [path], version=version)
        assert lookup(Catalog().provide(Store(tmp_path / version)), SKS, "DA00").concept.inactive is inactive


@pytest.mark.parametrize(
    ("at", "harm", "column"), [(3, b"    ", 4), (5, b" x", 4), (23, b"1 JA", 24), (39, b"25-1", 40)]
)
def test_an_sks_record_whose_fields_have_moved_is_refused(tmp_path, at, harm, column) -> None:
    """Fields by position have no delimiter to go by: a code with a space, a date that is none."""
    path = tmp_path / "SKScomplete.txt"
    line = sks_line("DA00", "19950101", "25000101", "Kolera")
    path.write_bytes(line + line[:at] + harm + line[at + len(harm) :])
    done = import_into(Store(tmp_path / "store"), [path])
    assert done.entry is None
    assert f"line 2, column {column}" in done.outcome.issues[0].text


def test_sks_hierarchy_and_letters(catalog) -> None:
    """The nearest shorter code is above; the letter is a concept; texts are Windows-1252; case does not matter."""
    assert subsumes(catalog, SKS, "DJ45", "DJ459A") == "subsumes"
    assert subsumes(catalog, SKS, "D", "DJ459A") == "subsumes"
    assert lookup(catalog, SKS, "dj459a").display == "Sværhedsgrad: astma ærø"
    assert catalog.system(DIAGNOSES).find("ZAH") is None


def test_sks_composition(catalog) -> None:
    """Codes joined by + are a code when each part is; it stands below its first part."""
    found = lookup(catalog, SKS, "DJ459+TUL1")
    assert found.display == "Astma UNS + Højresidig"
    assert subsumes(catalog, SKS, "DJ45", "DJ459+TUL1") == "subsumes"
    assert not validate_code(catalog, Coding(SKS, "DJ459+NONE")).result
    assert validate_code(catalog, Coding(SKS, "DJ46+TUL1")).inactive


def test_sks_knows_icd10_and_atc(catalog) -> None:
    """A Danish diagnosis says which ICD-10 code it refines."""
    values = {each.code: each.value for each in lookup(catalog, SKS, "DJ459A").concept.properties}
    assert values["icd10"] == "J45.9"


def test_npu(catalog) -> None:
    """Code and short definition by position, Windows-1252; what is not active is inactive."""
    assert "Hæmoglobin" in lookup(catalog, "urn:oid:1.2.208.176.2.1", "NPU02319").display
    assert lookup(catalog, NPU, "NPU99999").concept.inactive


def test_sor_and_atc(catalog) -> None:
    """Ids are written for Excel; an end date makes inactive. ATC is known with and without the M of SKS."""
    assert lookup(catalog, SOR, "12").display == "Sygehus"
    assert subsumes(catalog, SOR, "1", "12") == "subsumes"
    assert lookup(catalog, SOR, "13").concept.inactive
    assert subsumes(catalog, ATC, "A01", "A01AA01") == "subsumes"
    assert {each.code: each.value for each in lookup(catalog, ATC, "A01AA01").concept.properties}["sks"] == "MA01AA01"


@pytest.mark.parametrize(
    ("kind", "content", "line", "column"),
    [
        ("sks", sks_line(*LINES[0]) + b"short\r\n", 2, 6),
        ("sks", sks_line(*LINES[0])[:60] + b"\x81" + sks_line(*LINES[0])[61:], 1, 61),
        ("npu", b"h;h;h;code;text\na;b;c;;text\n", 2, 4),
        ("sor", b"Nothing;Of;It\n1;2;3\n", 1, 1),
        ("atc", b'"Kode";"Tekst"\n"A"\n', 2, 2),
    ],
)
def test_a_damaged_file_is_refused_with_line_and_column(tmp_path, kind, content, line, column) -> None:
    """Nothing is imported, and what is wrong is said where it is."""
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    store = Store(tmp_path / "store")
    done = import_into(store, [path], kind=kind)
    assert done.entry is None
    assert [each.code for each in done.outcome.issues] == ["SAM-TRM-201"]
    assert f"line {line}, column {column}:" in done.outcome.issues[0].text
    assert store.entries == []
