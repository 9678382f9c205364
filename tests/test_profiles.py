"""Our own FHIR package: what is made in it is current, its bytes are the same everywhere, its examples say what they should."""

import gzip
import io
import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

from samspil_definitions import Definitions, PackageError, load_packages, own_package
from samspil_hl7v2 import convert
from samspil_validation import Validator
from tools import profiles

MESSAGE = b"\r".join(
    [
        rb"MSH|^~\&|ADT^1.2.3^ISO|NORD|||20240202||ADT^A01|1|P|2.5",
        rb"PID|||44871^7^M10^NORD^MR^Fac||Hansen^Karen||19480101|F",
        rb"PV1|1|I|Ward^1^2",
    ]
)


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    """The package and the core it stands on."""
    try:
        return load_packages([profiles.own_name(), "hl7.fhir.r4.core#4.0.1"])
    except PackageError:
        pytest.skip("corpora: hl7.fhir.r4.core#4.0.1 is not in the package cache; run `make packages`")


def examples(kind: str) -> list[Any]:
    """The examples of a kind, one parameter each; a definition of ours is an example of its own type."""
    folder = profiles.FOLDER
    paths = sorted((folder / "examples").glob(f"*-{kind}.*"))
    if kind == "valid":
        made = (*(folder / profiles.EXTENSIONS).glob("*.json"), *(folder / profiles.AUDIT).glob("*.json"))
        paths += sorted([*folder.glob("[!p]*.json"), *made])
    texts = [(path, text) for path in paths for text in lines(path)]
    return [pytest.param(json.loads(text), id=f"{path.stem}:{json.loads(text)['id']}") for path, text in texts]


def lines(path: Path) -> list[str]:
    """The resources in a file, as texts."""
    text = path.read_text(encoding="utf-8")
    return text.splitlines() if path.suffix == ".ndjson" else [text]


def test_what_is_made_is_current() -> None:
    """The code system holds every finding, and each extension the tables write is defined; the archive holds them all."""
    assert profiles.is_current(), "run `make profiles`"


def test_the_archive_is_the_same_each_time_and_any_tool_reads_it() -> None:
    data = profiles.archive()
    assert data == profiles.archive() == own_package().read_bytes()
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as opened:
        names = opened.getnames()
    assert "package/package.json" in names
    assert names == sorted(names, key=lambda name: name.removeprefix("package/"))


def test_every_extension_a_conversion_writes_is_defined() -> None:
    urls = set(re.findall(rb'"(urn:samspil:v2:[a-z0-9-]+)"', convert(MESSAGE, with_lineage=True).json()))
    defined = {json.loads(data).get("url", "").encode() for _, data in profiles.resources()}
    systems = {b"urn:samspil:v2:message-control-id"}
    assert urls
    assert urls <= defined | systems


def test_every_extension_a_table_names_is_defined() -> None:
    """With one value or with parts, labelled or not."""
    named = {
        url
        for path in profiles.TABLES.rglob("*.csv")
        for url in re.findall(
            r"extension(?:\[[^\]]*\])?\((urn:samspil:v2:[a-z0-9-]+)\)", path.read_text(encoding="utf-8")
        )
    }
    defined = {json.loads(data).get("url", "") for _, data in profiles.resources()}
    assert named
    assert named <= defined


@pytest.mark.parametrize("resource", examples("valid"))
def test_a_valid_example_has_no_error(definitions: Definitions, resource: dict[str, Any]) -> None:
    errors = [
        (issue.code, issue.where) for issue in validator(definitions).validate(resource) if issue.severity == "error"
    ]
    assert errors == []


@pytest.mark.parametrize("resource", examples("invalid"))
def test_an_invalid_example_has_an_error_at_its_fault(definitions: Definitions, resource: dict[str, Any]) -> None:
    errors = [issue.where for issue in validator(definitions).validate(resource) if issue.severity == "error"]
    assert any(re.search(r"extension|details|^AuditEvent", where) for where in errors)


_validators: dict[str, Validator] = {}


def validator(definitions: Definitions) -> Validator:
    """One validator for all examples."""
    return _validators.setdefault(definitions.hash, Validator(definitions))
