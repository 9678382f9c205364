"""LOINC, ICD-10, grammars and plain tables: what an import makes of a release."""

import pytest

from samspil_core.values import Coding
from samspil_terminology import Catalog, OperationFailed, Store, expand, import_into, lookup, subsumes, validate_code
from samspil_terminology.systems.grammars import StandardSystems

LOINC, ICD10 = "http://loinc.org", "http://hl7.org/fhir/sid/icd-10"


@pytest.fixture(scope="module")
def loinc(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loinc") / "Loinc_2.80"
    files = {
        "LoincTable/Loinc.csv": (
            "LOINC_NUM,COMPONENT,PROPERTY,TIME_ASPCT,SYSTEM,SCALE_TYP,METHOD_TYP,CLASS,VersionLastChanged,STATUS,SHORTNAME,LONG_COMMON_NAME\n"
            '"1-1","Hemoglobin","MCnc","Pt","Bld","Qn","","HEM/BC","2.80","ACTIVE","Hgb Bld","Hemoglobin in Blood"\n'
            '"2-2","Old thing","MCnc","Pt","Bld","Qn","","HEM/BC","2.50","DEPRECATED","Old","Old thing in Blood"\n'
        ),
        "AccessoryFiles/PartFile/Part.csv": "PartNumber,PartTypeName,PartName,PartDisplayName,Status\nLP1,COMPONENT,Blood cells,Cells,ACTIVE\n",
        "AccessoryFiles/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv": (
            "PATH_TO_ROOT,SEQUENCE,IMMEDIATE_PARENT,CODE,CODE_TEXT\n,1,,LP1,Blood cells\nLP1,1,LP1,1-1,Hemoglobin in Blood\n"
        ),
        "AccessoryFiles/AnswerFile/AnswerList.csv": (
            "AnswerListId,AnswerListName,AnswerStringId,DisplayText\nLL1,Yes or no,LA33-6,Yes\nLL1,Yes or no,LA32-8,No\n"
        ),
        "AccessoryFiles/AnswerFile/LoincAnswerListLink.csv": "LoincNumber,AnswerListId\n1-1,LL1\n",
        "AccessoryFiles/PartFile/LoincPartLink_Primary.csv": "LoincNumber,PartNumber,PartTypeName\n1-1,LP1,COMPONENT\n",
        "AccessoryFiles/PanelsAndForms/PanelsAndForms.csv": "ParentLoinc,SEQUENCE,Loinc\n2-2,1,2-2\n2-2,2,1-1\n",
        "AccessoryFiles/GroupFile/Group.csv": "ParentGroupId,GroupId,Group,Archetype,Status\n,LG1,Blood,,Active\n",
        "AccessoryFiles/GroupFile/GroupLoincTerms.csv": "Category,GroupId,Archetype,LoincNumber\n,LG1,,1-1\n",
        "AccessoryFiles/LinguisticVariants/daDK99LinguisticVariant.csv": "LOINC_NUM,COMPONENT,LinguisticVariantDisplayName\n1-1,x,Hæmoglobin i blod\n",
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def with_loinc(loinc, tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("store"))
    done = import_into(store, [loinc])
    assert (done.entry.url, done.entry.version) == (LOINC, "2.80")
    assert "Regenstrief" in done.license
    return Catalog().provide(store)


def test_loinc_terms(with_loinc) -> None:
    """Name, short name, axes, status, and the name in another language."""
    found = lookup(with_loinc, LOINC, "1-1")
    assert found.display == "Hemoglobin in Blood"
    assert {("en-US", "Hgb Bld"), ("da-DK", "Hæmoglobin i blod")} <= {
        (each.language, each.value) for each in found.designations
    }
    assert {each.code: each.value for each in found.properties}["COMPONENT"] == "Hemoglobin"
    assert lookup(with_loinc, LOINC, "2-2").concept.inactive
    assert lookup(with_loinc, LOINC, "lp1").display == "Blood cells"


def test_loinc_implies_value_sets(with_loinc) -> None:
    """All of LOINC, an answer list, and what stands below a part, without a resource."""
    assert expand(with_loinc, "http://loinc.org/vs/LL1").codes() == [(LOINC, "LA33-6"), (LOINC, "LA32-8")]
    assert expand(with_loinc, "http://loinc.org/vs/LP1").codes() == [(LOINC, "LP1"), (LOINC, "1-1")]
    assert len(expand(with_loinc, "http://loinc.org/vs").entries) == len(with_loinc.system(LOINC))
    with pytest.raises(OperationFailed):
        expand(with_loinc, "http://loinc.org/vs/nothing")


def test_loinc_panels_groups_and_parts(with_loinc, make) -> None:
    """A panel tells what it has, a term which panels it is of; a group is a value set; a part is named by code or text."""
    said = {(each.code, each.value) for each in lookup(with_loinc, LOINC, "1-1").properties}
    assert {("member-of", "2-2"), ("group", "LG1"), ("COMPONENT", "LP1"), ("COMPONENT", "Hemoglobin")} <= said
    assert ("has-member", "1-1") in {(each.code, each.value) for each in lookup(with_loinc, LOINC, "2-2").properties}
    assert expand(with_loinc, "http://loinc.org/vs/LG1").codes() == [(LOINC, "1-1")]
    for value in ("LP1", "Hemoglobin"):
        chosen = [{"property": "COMPONENT", "op": "=", "value": value}]
        found = expand(with_loinc, make.value_set("http://example.org/v", {"system": LOINC, "filter": chosen}))
        assert found.codes() == [(LOINC, "1-1")]


@pytest.mark.parametrize(
    ("name", "value", "codes"),
    [
        ("LIST", "LL1", ["LA33-6", "LA32-8"]),
        ("answers-for", "1-1", ["LA33-6", "LA32-8"]),
        ("answers-for", "LL1", ["LA33-6", "LA32-8"]),
        ("answers-for", "2-2", []),
        ("answer-list", "LL1", ["1-1"]),
        ("copyright", "LOINC", ["1-1", "2-2"]),
        ("parent", "LP1", ["1-1"]),
        ("ancestor", "LP1", ["1-1"]),
        ("child", "1-1", ["LP1"]),
        ("descendant", "1-1", ["LP1"]),
    ],
)
def test_filters_of_loinc(with_loinc, make, name, value, codes) -> None:
    """The filters that the page on LOINC names."""
    chosen = [{"property": name, "op": "=", "value": value}]
    found = expand(with_loinc, make.value_set("http://example.org/v", {"system": LOINC, "filter": chosen}))
    assert sorted(code for _, code in found.codes()) == sorted(codes)


def test_loinc_as_it_is_published(corpora, tmp_path) -> None:
    """A part of a real release, with its languages, answer lists and parts, is read without a finding."""
    source = corpora / "terminology" / "tx-ecosystem" / "tx-source" / "loinc"
    done = import_into(Store(tmp_path / "store"), [source])
    assert (done.count > 300, done.outcome.issues) == (True, ())
    found = lookup(Catalog().provide(Store(tmp_path / "store")), LOINC, "10332-5")
    assert {"el-GR", "es-ES", "en-US"} <= {each.language for each in found.designations}


def test_loinc_filters(with_loinc, make) -> None:
    """An axis and a hierarchy filter choose terms."""
    chosen = {"property": "CLASS", "op": "=", "value": "HEM/BC"}, {"property": "concept", "op": "is-a", "value": "LP1"}
    found = expand(with_loinc, make.value_set("http://example.org/v", {"system": LOINC, "filter": list(chosen)}))
    assert found.codes() == [(LOINC, "1-1")]
    assert subsumes(with_loinc, LOINC, "LP1", "1-1") == "subsumes"


CLAML = """<?xml version="1.0" encoding="UTF-8"?>
<ClaML version="2.0.0"><Title name="ICD-10-WHO" version="2019">International Classification ICD-10</Title>
<Class code="X" kind="chapter"><SubClass code="J40-J47"/><Rubric kind="preferred"><Label xml:lang="en">Respiratory</Label></Rubric></Class>
<Class code="J40-J47" kind="block"><SuperClass code="X"/><SubClass code="J45"/><Rubric kind="preferred"><Label xml:lang="en">Chronic</Label></Rubric></Class>
<Class code="J45" kind="category"><SuperClass code="J40-J47"/><Rubric kind="preferred"><Label xml:lang="en">Asthma</Label></Rubric>
<Rubric kind="exclusion"><Label xml:lang="en">acute severe asthma</Label></Rubric></Class>
<Class code="J45.9" kind="category"><SuperClass code="J45"/><Rubric kind="preferred"><Label xml:lang="en">Asthma, unspecified</Label></Rubric></Class>
</ClaML>"""


def test_icd10_as_claml(tmp_path) -> None:
    """Chapters and blocks are abstract, exclusions are properties, the hierarchy is that of the classes."""
    path = tmp_path / "icd10.xml"
    path.write_text(CLAML, encoding="utf-8")
    store = Store(tmp_path / "store")
    done = import_into(store, [path])
    assert (done.entry.url, done.entry.version) == (ICD10, "2019")
    assert "World Health Organization" in done.license
    catalog = Catalog().provide(store)
    assert subsumes(catalog, ICD10, "X", "J45.9") == "subsumes"
    assert lookup(catalog, ICD10, "J40-J47").concept.abstract
    assert ("exclusion", "acute severe asthma") in {
        (each.code, each.value) for each in lookup(catalog, ICD10, "J45").properties
    }
    assert validate_code(catalog, Coding("urn:oid:2.16.840.1.113883.6.3", "j45.9")).result


MODIFIED = """<?xml version="1.0" encoding="UTF-8"?>
<ClaML version="2.0.0"><Title name="ICD-10-XX" version="2026">ICD-10, made up</Title>
<Modifier code="S4"><SubClass code=".0"/><SubClass code=".1"/></Modifier>
<ModifierClass modifier="S4" code=".0"><Rubric kind="preferred"><Label xml:lang="en">with coma</Label></Rubric></ModifierClass>
<ModifierClass modifier="S4" code=".1"><Rubric kind="preferred"><Label xml:lang="en">with eyes</Label></Rubric></ModifierClass>
<Modifier code="S5"><SubClass code="0"/></Modifier>
<ModifierClass modifier="S5" code="0"><Rubric kind="preferred"><Label xml:lang="en">at home</Label></Rubric></ModifierClass>
<ModifierClass modifier="S5" code="9"><Rubric kind="preferred"><Label xml:lang="en">anywhere</Label></Rubric></ModifierClass>
<Class code="E10-E14" kind="block"><SubClass code="E10"/><SubClass code="E11"/><SubClass code="E12"/><ModifiedBy code="S4"/>
<Rubric kind="preferred"><Label xml:lang="en">Sugar</Label></Rubric></Class>
<Class code="E10" kind="category"><SuperClass code="E10-E14"/><Rubric kind="preferred"><Label xml:lang="en">Type 1</Label></Rubric></Class>
<Class code="E11" kind="category"><SuperClass code="E10-E14"/><ModifiedBy code="S5" all="false"><ValidModifierClass code="0"/></ModifiedBy>
<Rubric kind="preferred"><Label xml:lang="en">Type 2</Label></Rubric></Class>
<Class code="E12" kind="category"><SuperClass code="E10-E14"/><ExcludeModifier code="S4"/>
<Rubric kind="preferred"><Label xml:lang="en">Other</Label></Rubric></Class>
</ClaML>"""


def test_modifiers_of_claml_make_codes(tmp_path) -> None:
    """A class has the modifiers of what is above it, unless it excludes them; one that begins with a point comes first."""
    path = tmp_path / "icd10.xml"
    path.write_text(MODIFIED, encoding="utf-8")
    assert import_into(Store(tmp_path / "store"), [path]).entry
    catalog = Catalog().provide(Store(tmp_path / "store"))
    codes = list(catalog.system(ICD10).codes())
    assert codes == ["E10-E14", "E10", "E11", "E12", "E10.0", "E10.1", "E11.0", "E11.1", "E11.00", "E11.10"]
    assert lookup(catalog, ICD10, "E11.10").display == "Type 2, with eyes, at home"
    assert subsumes(catalog, ICD10, "E11", "E11.10") == "subsumes"


ITEMS = """<icd_10_v2019><item type="chapter"><name>I</name><description>Infections</description>
<item type="category"><name>A00</name><description>Cholera</description></item></item></icd_10_v2019>"""
TABULAR = """<ICD10CM.tabular><version>2026</version><introduction><introSection type="title"><title>ICD-10-CM TABULAR LIST</title>
</introSection></introduction><chapter><name>19</name><desc>Injury</desc><section id="S00-S09"><desc>Head</desc>
<diag><name>S06</name><desc>Brain</desc><sevenChrDef><extension char="A">initial</extension><extension char="D">again</extension></sevenChrDef>
<diag><name>S06.1</name><desc>Edema</desc><diag><name>S06.1X7</name><desc>Edema and death</desc></diag></diag>
<diag><name>S06.2</name><desc>Diffuse</desc></diag></diag></section></chapter></ICD10CM.tabular>"""


def test_icd10_as_nested_items_and_the_clinical_modification(tmp_path) -> None:
    """Both are recognised; a code that needs a seventh character is filled up with X, and every one is a code."""
    for name, content in (("who.xml", ITEMS), ("cm.xml", TABULAR)):
        (tmp_path / name).write_text(content, encoding="utf-8")
        assert import_into(Store(tmp_path / "store"), [tmp_path / name]).entry
    catalog = Catalog().provide(Store(tmp_path / "store"))
    assert (lookup(catalog, ICD10, "A00").display, lookup(catalog, ICD10, "I").concept.abstract) == ("Cholera", True)
    codes = set(catalog.system("http://hl7.org/fhir/sid/icd-10-cm").codes())
    assert {each for each in codes if len(each) > 7} == {"S06.2XXA", "S06.2XXD", "S06.1X7A"}


def test_a_plain_table(tmp_path) -> None:
    """code and display, and parent, status, designation:LANGUAGE and properties if there are such columns."""
    path = tmp_path / "fsiii.csv"
    path.write_text(
        "code;display;parent;status;designation:en;kind\nA;Tilstand;;;Condition;top\nA1;Sår;A;retired;Wound;leaf\n",
        encoding="utf-8",
    )
    store = Store(tmp_path / "store")
    assert [each.code for each in import_into(store, [path], kind="table").outcome.issues] == ["SAM-TRM-203"]
    done = import_into(store, [path], kind="table", url="urn:oid:1.2.208.176.2.21", language="da", version="1")
    assert done.entry
    catalog = Catalog().provide(store)
    found = lookup(catalog, "http://kl.dk/fhir/common/caresocial/CodeSystem/FSIII", "A1")
    assert (found.display, found.concept.inactive) == ("Sår", True)
    assert {"Wound"} < {each.value for each in found.designations}


@pytest.fixture(scope="module")
def standard():
    return Catalog().provide(StandardSystems())


@pytest.mark.parametrize(
    ("system", "good", "bad"),
    [
        (
            "http://unitsofmeasure.org",
            ["mg", "mmol/L", "10*9/L", "10^9/L", "mm[Hg]", "{beats}/min", "kg/m2", "%"],
            ["mgg", "mmol//L", "", "BPM!"],
        ),
        ("urn:ietf:bcp:47", ["da", "en-GB", "zh-Hant-TW", "de-CH-1996"], ["danish", "xx-yy-zz-qq", "e", ""]),
        (
            "urn:ietf:bcp:13",
            ["application/fhir+json", "text/plain; charset=utf-8"],
            ["json", "application/", "text/ plain", ""],
        ),
        ("urn:iso:std:iso:3166", ["DK", "DNK", "208"], ["XQ", "dnk!", ""]),
        ("urn:iso:std:iso:639", ["da", "dan"], ["xqx", ""]),
    ],
)
def test_grammars_of_the_standards(standard, system, good, bad) -> None:
    """Codes of UCUM, language tags, media types, countries and languages are validated by their grammar or list."""
    pytest.importorskip("ucumvert", reason="the extra [systems] is not installed")
    pytest.importorskip("iso3166", reason="the extra [systems] is not installed")
    assert [code for code in good if not validate_code(standard, Coding(system, code)).result] == []
    assert [code for code in bad if validate_code(standard, Coding(system, code)).result] == []


def test_a_grammar_has_no_end(standard, make) -> None:
    """All of UCUM cannot be listed, and that is said; a list of units can."""
    pytest.importorskip("ucumvert", reason="the extra [systems] is not installed")
    system = "http://unitsofmeasure.org"
    with pytest.raises(OperationFailed) as failed:
        expand(standard, make.value_set("http://example.org/all", {"system": system}))
    assert failed.value.issue.code == "too-costly"
    some = make.value_set("http://example.org/some", {"system": system, "concept": [{"code": "mg"}, {"code": "nope!"}]})
    assert expand(standard, some).codes() == [(system, "mg")]
