"""`samspil terminology`: data on standard output, everything for people on standard error, exit codes that scripts can use."""

import csv
import io

import pytest
from click.testing import CliRunner

from samspil_core.jsontext import dumps, loads
from samspil_terminology.cli import group

URL = "http://example.org/s"


@pytest.fixture
def run():
    def call(*args):
        return CliRunner().invoke(group, [str(each) for each in args], standalone_mode=False)

    def exit_code(*args):
        return CliRunner().invoke(group, [str(each) for each in args])

    call.exit = exit_code
    return call


@pytest.fixture
def store(tmp_path, make, run):
    inner = make.system(URL, make.concept("a", "Alpha thing", make.concept("b", "Beta thing")))
    some = [inner, make.value_set("http://example.org/v", {"system": URL, "concept": [{"code": "a"}]})]
    group_ = {
        "source": "http://example.org/lab",
        "target": URL,
        "element": [{"code": "HB", "target": [{"code": "a", "equivalence": "equivalent"}]}],
    }
    some.append({"resourceType": "ConceptMap", "url": "http://example.org/m", "status": "active", "group": [group_]})
    (tmp_path / "in.ndjson").write_bytes(b"\n".join(dumps(each) for each in some))
    answer = run("import", tmp_path / "in.ndjson", "--into", tmp_path / "store")
    assert answer.return_value == 0
    return tmp_path / "store"


def test_import_names_the_licence_and_list_the_snapshots(tmp_path, run, release) -> None:
    """The licence of what was imported is said on standard error; the snapshot on standard output."""
    answer = run("import", release, "--into", tmp_path / "s")
    assert answer.return_value == 0
    assert "SNOMED" in answer.stderr
    assert answer.stdout.startswith("http://snomed.info/sct\t")
    assert run("list", tmp_path / "s").stdout.startswith("http://snomed.info/sct\t")


@pytest.mark.parametrize(
    ("args", "code", "out"),
    [
        (("lookup", f"{URL}#b"), 0, "Beta thing"),
        (("validate", f"{URL}#a"), 0, "true"),
        (("validate", f"{URL}#zzz"), 1, "false"),
        (("validate", f"{URL}#b", "--value-set", "http://example.org/v"), 1, "false"),
        (("expand", "http://example.org/v"), 0, f"{URL}\ta\tAlpha thing"),
        (("translate", "http://example.org/lab#HB"), 0, f"equivalent\t{URL}\ta"),
        (("translate", f"{URL}#a", "--reverse"), 0, "equivalent\thttp://example.org/lab\tHB"),
        (("translate", "http://example.org/lab#NO", "--map", "http://example.org/m"), 1, ""),
        (("subsumes", f"{URL}#a", "b"), 0, "subsumes"),
    ],
)
def test_the_operations(store, run, args, code, out) -> None:
    """Each gives its answer as text, and says by its exit code whether it was a yes."""
    answer = run(*args, "--from", store)
    assert answer.return_value == code, answer.stderr
    assert out in answer.stdout


@pytest.mark.parametrize(
    ("args", "kind"),
    [
        (("lookup", f"{URL}#b"), "Parameters"),
        (("validate", f"{URL}#a"), "Parameters"),
        (("expand", "http://example.org/v"), "ValueSet"),
        (("translate", "http://example.org/lab#HB"), "Parameters"),
    ],
)
def test_the_same_as_fhir(store, run, args, kind) -> None:
    """--json gives the resource."""
    assert loads(run(*args, "--from", store, "--json").stdout.encode())["resourceType"] == kind


@pytest.mark.parametrize(
    "args",
    [
        ("lookup", "nonsense", "--from", "."),
        ("lookup", f"{URL}#b"),
        ("lookup", "http://example.org/unknown#b", "--from", "STORE"),
        ("expand", "http://example.org/none", "--from", "STORE"),
        ("expand", "http://example.org/v", "--from", "/nowhere"),
        (
            "map",
            "suggest",
            "STORE/codes.csv",
            "--target",
            "http://example.org/none",
            "--system",
            "x",
            "--from",
            "STORE",
        ),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(store, run, args) -> None:
    """Never a traceback."""
    (store / "codes.csv").write_text("code,display\nA,b\n")
    answer = run.exit(*(each.replace("STORE", str(store)) for each in args))
    assert answer.exit_code == 2
    assert "Error" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_map_from_list_to_concept_map(store, run, tmp_path) -> None:
    """Coverage, suggestion, review by another, export, and re-application, each as a command."""
    codes, tsv = tmp_path / "lab.csv", tmp_path / "lab.sssom.tsv"
    codes.write_text("code,display,count\nHB,alpha thing,3\nFE,beta thng,1\n", encoding="utf-8")
    found = run("map", "coverage", codes, "--map", "http://example.org/m", "--from", store, "--least", "90")
    assert [row["state"] for row in csv.DictReader(io.StringIO(found.stdout))] == ["mapped", "unmapped"]
    assert found.return_value == 1
    made = run(
        "map",
        "suggest",
        codes,
        "--map",
        "http://example.org/m",
        "--target",
        URL,
        "--system",
        "http://example.org/lab",
        "--author",
        "AB",
        "--from",
        store,
    )
    assert "local:FE\ttarget:b" in made.stdout
    assert "HB" not in made.stdout
    tsv.write_text(made.stdout.replace("\tAB\t\t", "\tAB\tAB\t").replace("suggested", "accepted"), encoding="utf-8")
    refused = run("map", "review", tsv)
    assert (refused.return_value, "SAM-TRM-402" in refused.stderr) == (1, True)
    assert run("map", "export", tsv, "--url", "http://example.org/n").return_value == 1
    rows = [line for line in tsv.read_text().splitlines() if not line.startswith("local:FE\ttarget:a")]
    tsv.write_text("\n".join(rows).replace("\tAB\tAB\t", "\tAB\tCD\t") + "\n", encoding="utf-8")
    assert run("map", "review", tsv).return_value == 0
    exported = run("map", "export", tsv, "--url", "http://example.org/n", "--release", "R5")
    assert loads(exported.stdout.encode())["group"][0]["element"][0]["target"][0]["relationship"] == "equivalent"
    (tmp_path / "n.json").write_text(exported.stdout, encoding="utf-8")
    assert "target:b" in run("map", "import", tmp_path / "n.json", "--author", "AB", "--reviewer", "CD").stdout
    new = tmp_path / "new.json"
    new.write_bytes(
        dumps(
            {
                "resourceType": "CodeSystem",
                "url": URL,
                "version": "2",
                "status": "active",
                "content": "complete",
                "concept": [{"code": "a", "display": "Alpha"}],
            }
        )
    )
    again = run("map", "reapply", tsv, "--from", new, "--write", tmp_path / "again.tsv")
    assert again.return_value == 1
    assert "target-gone,FE,b" in again.stdout
    assert "proposed" in (tmp_path / "again.tsv").read_text()
