"""The workbench on 5,000 generated local codes: coverage, suggestions, review, SSSOM, ConceptMap, re-application."""

import csv
import random
from collections import Counter
from dataclasses import replace

import pytest

from samspil_core.jsontext import dumps
from samspil_core.values import Coding
from samspil_terminology import Catalog, Scope, Store, import_into, translate
from samspil_terminology.mapping.conceptmap import from_concept_map, to_concept_map
from samspil_terminology.mapping.coverage import STATES, coverage, totals
from samspil_terminology.mapping.local import LocalCode, read_codes
from samspil_terminology.mapping.reapply import reapply
from samspil_terminology.mapping.review import check_review
from samspil_terminology.mapping.sssom import NO_TERM, Mapping, MappingSet, read_sssom, write_sssom
from samspil_terminology.mapping.suggest import Suggester
from samspil_terminology.mapping.usagi import read_usagi
from samspil_terminology.mapping.work import suggestions
from samspil_terminology.opening import open_catalog
from samspil_terminology.systems.tables import BadTable, read_table
from tools.rf2_generator import generate

LAB, STANDARD, MAP = "http://example.org/lab", "http://example.org/standard", "http://example.org/map"
SYLLABLES = (
    "hæm",
    "glo",
    "bin",
    "nat",
    "rium",
    "kal",
    "cium",
    "cre",
    "ati",
    "nin",
    "tro",
    "pon",
    "alb",
    "umin",
    "fer",
    "rit",
    "lak",
    "tat",
)
SYSTEMS = ("blod", "serum", "plasma", "urin", "spyt")


def words(dice):
    return " ".join("".join(dice.choices(SYLLABLES, k=3)) for _ in range(2)) + " i " + dice.choice(SYSTEMS)


def mistyped(text, dice):
    """The same as a laboratory writes it: words in another order, a letter lost, one word less."""
    parts = [each for each in text.split() if each != "i"]
    dice.shuffle(parts)
    at = dice.randrange(1, len(parts[0]))
    return " ".join([parts[0][:at] + parts[0][at + 1 :], *parts[1:]])


@pytest.fixture(scope="module")
def codes():
    """5,000 local codes, and the standard code that each means."""
    dice = random.Random(5)
    texts = list(dict.fromkeys(words(dice) for _ in range(7000)))[:5000]
    local = [LocalCode(f"L{at:04}", mistyped(text, dice), dice.randint(1, 500)) for at, text in enumerate(texts)]
    return local, texts


@pytest.fixture(scope="module")
def catalog(codes, make):
    _, texts = codes
    concepts = [make.concept(f"S{at:04}", text) for at, text in enumerate(texts)]
    concepts[7]["property"] = [{"code": "inactive", "valueBoolean": True}]
    declared = [{"code": "inactive", "uri": "http://hl7.org/fhir/concept-properties#inactive", "type": "boolean"}]

    def element(at):
        if at % 50 == 1:
            return {"code": f"L{at:04}", "noMap": True}
        targets = [{"code": f"S{at:04}", "relationship": "equivalent"}]
        if at % 50 == 2:
            targets.append({"code": f"S{at + 1:04}", "relationship": "equivalent"})
        return {"code": f"L{at:04}", "target": targets}

    group = {"source": LAB, "target": STANDARD, "element": [element(at) for at in range(4000)]}
    concept_map = {"resourceType": "ConceptMap", "url": MAP, "status": "active", "group": [group]}
    return Catalog([make.system(STANDARD, *concepts, property=declared), concept_map])


@pytest.fixture(scope="module")
def covered(catalog, codes):
    return list(coverage(catalog, codes[0], MAP, LAB))


def test_coverage_counts_codes_and_uses(covered, codes) -> None:
    """Every code has one state, and the totals add up."""
    states = {each.local.code: each.state for each in covered}
    assert states["L0000"] == "mapped"
    assert states["L0001"] == "no-map"
    assert states["L0002"] == "ambiguous"
    assert states["L0007"] == "retired-target"
    assert states["L4500"] == "unmapped"
    found = totals(covered)
    assert {state: number for state, (number, _) in found.items()} == {
        "mapped": 3839, "ambiguous": 80, "retired-target": 1, "no-map": 80, "unmapped": 1000,
    }  # fmt: skip
    assert sum(uses for _, uses in found.values()) == sum(each.count for each in codes[0])
    assert tuple(found) == STATES


@pytest.fixture(scope="module")
def suggested(catalog, covered):
    return suggestions(covered, Suggester.of(catalog.system(STANDARD)), LAB, author="robot")


def test_suggestions_are_right_and_never_accepted(suggested, covered) -> None:
    """Nine of ten mistyped labels have the right candidate first; each candidate is a suggestion, and no more."""
    assert {each.review_state for each in suggested.mappings} == {"suggested"}
    best: dict[str, str] = {}
    for each in suggested.mappings:
        best.setdefault(each.subject_code, each.object_code)
    wanted = [each.local.code for each in covered if each.state == "unmapped"]
    right = sum(best.get(code) == code.replace("L", "S") for code in wanted)
    assert right >= 0.9 * len(wanted)
    assert "L0000" not in best


def test_suggestions_do_not_depend_on_numpy(catalog, codes, monkeypatch) -> None:
    """The same candidates, in the same order, without it."""
    index = Suggester.of(catalog.system(STANDARD))
    some = [each.display for each in codes[0][4000:4020]]
    fast = [[each.coding.code for each in index.suggest(text, 3)] for text in some]
    monkeypatch.setattr("samspil_terminology.mapping.suggest.np", None)
    assert [[each.coding.code for each in index.suggest(text, 3)] for text in some] == fast


@pytest.fixture(scope="module")
def reviewed(suggested):
    """Another person accepts the first candidate of each code and rejects the rest."""
    taken: set[str] = set()
    rows = []
    for each in suggested.mappings:
        state = "rejected" if each.subject_id in taken else "accepted"
        taken.add(each.subject_id)
        rows.append(replace(each, review_state=state, reviewer_id="orcid:2"))
    return MappingSet(dict(suggested.prefixes), {"mapping_set_id": MAP}, rows)


def test_sssom_there_and_back(reviewed, tmp_path) -> None:
    """The file read again is the same; its rows are sorted, so that two versions can be compared."""
    path = tmp_path / "map.sssom.tsv"
    path.write_text(write_sssom(reviewed), encoding="utf-8")
    again = read_sssom(path)
    assert write_sssom(again) == path.read_text(encoding="utf-8")
    assert {replace(each, line=0) for each in again.mappings} == set(reviewed.mappings)
    assert (again.prefixes, again.facts) == (reviewed.prefixes, reviewed.facts)


def cells(path):
    """How often each value stands in each column of a file."""
    rows = (each for each in path.read_text(encoding="utf-8-sig").split("\n") if each and not each.startswith("#"))
    found = csv.DictReader(rows, delimiter="\t")
    return Counter((name, value) for row in found for name, value in row.items() if value)


def test_columns_and_lists_of_others_stay(tmp_path) -> None:
    """What people add to the file (columns, facts of the header, odd line breaks) is there after it was written again."""
    path = tmp_path / "map.sssom.tsv"
    path.write_text(
        "#curie_map:\n#  l: http://example.org/l\n#creator_id:\n#  - orcid:1\n#  - orcid:2\n#license: CC0\n"
        "subject_id\tticket\tpredicate_id\tobject_id\tmapping_justification\tsubject_label\tasked\n"
        "l:1\tT-7\tskos:exactMatch\tl:2\tsemapv:ManualMappingCuration\tone\u2028two\t\n"
        "l:2\t\tskos:exactMatch\tl:3\tsemapv:ManualMappingCuration\tthree\tyes\n",
        encoding="utf-8",
    )
    made = read_sssom(path)
    assert made.lists == {"creator_id": ("  - orcid:1", "  - orcid:2")}
    assert made.mappings[0].more == (("ticket", "T-7"),)
    again = tmp_path / "again.tsv"
    again.write_text(write_sssom(made), encoding="utf-8")
    assert cells(again) >= cells(path)
    assert "#creator_id:\n#  - orcid:1\n#  - orcid:2\n" in again.read_text(encoding="utf-8")
    assert read_sssom(again).mappings[0].subject_label == "one\u2028two"


@pytest.mark.parametrize("release", ["R4", "R5"])
def test_concept_map_there_and_back(reviewed, release) -> None:
    """The accepted rows, in the words of each release, translate, and read back give the same pairs."""
    nothing = Mapping(
        "local:L9999", NO_TERM, subject_label="none", author_id="a", reviewer_id="b", review_state="accepted"
    )
    some = MappingSet(dict(reviewed.prefixes), dict(reviewed.facts), [*reviewed.mappings, nothing])
    made = to_concept_map(some, "http://example.org/new", "1", release=release)
    text = dumps(made).decode()
    assert ("equivalence" in text, "relationship" in text) == (release == "R4", release == "R5")
    catalog = Catalog([made])
    code = next(each for each in some.mappings if each.review_state == "accepted")
    found = translate(catalog, Coding(LAB, code.subject_code), Scope(map="http://example.org/new")).matches
    assert [(each.target.code, each.relationship) for each in found] == [(code.object_code, "equivalent")]
    assert translate(catalog, Coding(LAB, "L9999"), Scope(map="http://example.org/new")).matches[0].no_map
    back = from_concept_map(made, author="a", reviewer="b")
    pairs = {(each.subject_code, each.object_code, each.relationship) for each in back.mappings}
    assert pairs == {
        (each.subject_code, each.object_code, each.relationship)
        for each in some.mappings
        if each.review_state == "accepted"
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reviewer_id": "robot"}, "SAM-TRM-402"),
        ({"reviewer_id": " Robot "}, "SAM-TRM-402"),
        ({"reviewer_id": ""}, "SAM-TRM-401"),
        ({"review_state": "approved"}, "SAM-TRM-401"),
    ],
)
def test_who_proposed_does_not_accept(reviewed, change, code) -> None:
    """Author and reviewer differ; an accepted row says who accepted it; a state is one of those there are."""
    assert check_review(reviewed, "map.tsv").ok
    wrong = MappingSet(reviewed.prefixes, reviewed.facts, [replace(reviewed.mappings[0], line=9, **change)])
    (issue,) = check_review(wrong, "map.tsv").issues
    assert issue.code == code
    assert "line 9" in issue.text


def test_two_accepted_targets_and_none_contradict(reviewed) -> None:
    """A code that is mapped, and declared to have no target, is a fault."""
    one = reviewed.mappings[0]
    some = MappingSet(reviewed.prefixes, {}, [one, replace(one, object_id=NO_TERM)])
    assert not check_review(some, "map.tsv").ok


def test_reapplying_tells_what_a_new_release_changes(reviewed, catalog, codes, make) -> None:
    """Gone, retired and renamed targets; gone, new and renamed codes. What lost its target is to be reviewed again."""
    local, texts = codes
    accepted = [each for each in reviewed.mappings if each.review_state == "accepted"]
    gone, retired, renamed = (each.object_code for each in accepted[:3])
    concepts = []
    for at, text in enumerate(texts):
        code = f"S{at:04}"
        made = make.concept(code, "Another name" if code == renamed else text)
        if code == retired:
            made["property"] = [{"code": "inactive", "valueBoolean": True}]
        concepts += [] if code == gone else [made]
    declared = [{"code": "inactive", "uri": "http://hl7.org/fhir/concept-properties#inactive", "type": "boolean"}]
    new = Catalog([make.system(STANDARD, *concepts, property=declared, version="2")])
    mapped = {each.subject_code for each in reviewed.mappings}
    lost, other = sorted(mapped)[-2:]
    now = [
        replace(each, display="Renamed") if each.code == other else each
        for each in local
        if each.code in mapped - {lost}
    ]
    made, changes = reapply(
        new, MappingSet(reviewed.prefixes, reviewed.facts, accepted), [*now, LocalCode("NEW", "new")]
    )
    kinds = {}
    for each in changes:
        kinds.setdefault(each.kind, []).append(each)
    assert [each.before for each in kinds["target-gone"]] == [gone]
    assert [each.before for each in kinds["target-retired"]] == [retired]
    assert [each.after for each in kinds["target-renamed"]] == ["Another name"]
    assert [each.code for each in kinds["code-gone"]] == [lost]
    assert "NEW" in [each.code for each in kinds["code-new"]]
    assert [each.code for each in kinds["code-renamed"]] == [other]
    states = {each.object_code: (each.review_state, each.reviewer_id) for each in made.mappings}
    assert states[gone] == states[retired] == ("proposed", "")
    assert states[renamed][0] == "accepted"


def test_reapplying_the_same_release_changes_nothing(reviewed, catalog) -> None:
    """No change is told where there is none."""
    some = MappingSet(
        reviewed.prefixes, reviewed.facts, [each for each in reviewed.mappings if each.object_code != "S0007"]
    )
    made, changes = reapply(catalog, some)
    assert changes == []
    assert made.mappings == some.mappings


def test_snomed_names_its_own_successor(tmp_path) -> None:
    """A concept that was replaced: the history reference sets say by which."""
    generate(tmp_path / "rf2", 80)
    concepts = next((tmp_path / "rf2").rglob("sct2_Concept*"))
    lines = concepts.read_text(encoding="utf-8").splitlines()
    old, new = (line.split("\t")[0] for line in lines[-2:])
    lines[-2] = lines[-2].replace("\t1\t", "\t0\t", 1)
    lines.append("\t".join(["900000000000526001", *lines[-1].split("\t")[1:]]))
    concepts.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    history = tmp_path / "rf2" / "Snapshot" / "Refset" / "Content" / "der2_cRefset_AssociationSnapshot_GEN_20260101.txt"
    history.parent.mkdir()
    row = [
        "8d0cd5d6-1111-4111-8111-111111111111",
        "20260101",
        "1",
        "900000000000207008",
        "900000000000526001",
        old,
        new,
    ]
    header = "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\ttargetComponentId"
    history.write_text(header + "\r\n" + "\t".join(row) + "\r\n", encoding="utf-8", newline="")
    store = Store(tmp_path / "store")
    assert import_into(store, [tmp_path / "rf2"]).entry
    some = MappingSet(
        {"l": LAB, "s": "http://snomed.info/sct"}, {}, [Mapping("l:1", f"s:{old}", review_state="accepted")]
    )
    _, (change,) = reapply(Catalog().provide(store), some)
    assert (change.kind, change.before, change.successor) == ("target-retired", old, new)


USAGI = (
    "sourceCode,sourceName,sourceFrequency,sourceAutoAssignedConceptIds,matchScore,mappingStatus,equivalence,statusSetBy,statusSetOn,conceptId,conceptName,domainId,mappingType,comment,createdBy,createdOn\n"
    "HB,Haemoglobin,10,,0.9,APPROVED,EQUAL,CD,0,3000963,Hemoglobin,Measurement,MAPS_TO,,AB,0\n"
    "XX,Nothing,1,,0.0,APPROVED,UNMATCHED,CD,0,0,Unmapped,,MAPS_TO,,AB,0\n"
    "YY,Wide,1,,0.5,UNCHECKED,WIDER,,0,4,Wide thing,,MAPS_TO,,,0\n"
)


def test_usagi(tmp_path) -> None:
    """States, equivalence, author and reviewer of Usagi; a code without target is mapped to none."""
    path = tmp_path / "usagi.csv"
    path.write_text(USAGI, encoding="utf-8")
    made = read_usagi(path, LAB)
    assert [(each.subject_code, each.object_code, each.review_state, each.predicate_id) for each in made.mappings] == [
        ("HB", "3000963", "accepted", "skos:exactMatch"),
        ("XX", "", "accepted", "skos:exactMatch"),
        ("YY", "4", "suggested", "skos:broadMatch"),
    ]
    assert (made.mappings[0].author_id, made.mappings[0].reviewer_id) == ("AB", "CD")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("a;b\n1;2\n", 1, 1), ("code;display;count\nA;x;3\nB;y;many\n", 3, 1)],
)
def test_a_damaged_list_is_refused_with_its_line(tmp_path, text, line, column) -> None:
    """What is no list of codes is said where it is wrong."""
    path = tmp_path / "codes.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadTable) as fault:
        list(read_codes(path))
    assert (fault.value.line, fault.value.column) == (line, column)


def test_published_sssom_files_are_read(corpora, tmp_path) -> None:
    """The examples of the standard are read, and written again without loss of a column or a fact."""
    files = sorted((corpora / "terminology" / "sssom" / "examples").rglob("*.sssom.tsv"))
    assert len(files) > 20
    unread = {}
    for each in files:
        try:
            made = read_sssom(each)
        except BadTable as fault:
            unread[each.name] = str(fault)
            continue
        assert made.mappings
        again = tmp_path / each.name
        again.write_text(write_sssom(made), encoding="utf-8")
        for part in ("prefixes", "facts", "lists"):
            assert getattr(read_sssom(again), part) == getattr(made, part)
        assert cells(again) >= cells(each)
    assert list(unread) == ["literals.sssom.tsv"], "mappings of literals have no subject_id"


@pytest.mark.parametrize(
    "data",
    [
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\na:\xe5\tb\tc:d\te".encode("utf-16"),
        b'subject_id\tpredicate_id\tobject_id\tmapping_justification\na:b\tb\tc:d\t"' + b"x" * 200_000,
        b'"' + b"x" * 200_000,
    ],
    ids=["utf-16", "long cell", "long name"],
)
def test_a_file_of_mappings_that_cannot_be_read_is_refused_with_its_line(data: bytes, tmp_path) -> None:
    path = tmp_path / "m.tsv"
    path.write_bytes(data)
    with pytest.raises(BadTable) as fault:
        read_sssom(path)
    assert fault.value.line in (1, 2)


def test_mappings_saved_by_an_editor_of_windows_are_read(reviewed, tmp_path) -> None:
    path = tmp_path / "m.tsv"
    path.write_text(write_sssom(reviewed), encoding="utf-8")
    plain = read_sssom(path)
    path.write_text("\ufeff" + write_sssom(reviewed), encoding="utf-8", newline="\r\n")
    assert read_sssom(path) == plain


def test_a_table_without_a_line_of_names_is_refused_without_repeating_its_first_row(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Sorensen;Karen\nA;B\n", encoding="utf-8")
    with pytest.raises(BadTable, match="code, display") as fault:
        list(read_table(path, ";", "code", "display"))
    assert "Sorensen" not in str(fault.value)
    assert "2 columns" in str(fault.value)


def test_a_resource_whose_type_is_no_text_is_told_about(tmp_path) -> None:
    (tmp_path / "a.json").write_text('{"resourceType": ["CodeSystem"]}', encoding="utf-8")
    _, outcome = open_catalog([tmp_path])
    assert [issue.code for issue in outcome.issues] == ["SAM-TRM-104"]
