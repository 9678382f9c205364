"""JSON texts."""

from decimal import Decimal

import pytest


def codes(document):
    return [issue.code for issue in document.outcome]


def test_decimals_keep_their_zeros(reader):
    document = reader.read(b'{"resourceType": "Bundle", "total": 1.50}')
    assert document.resource["total"] == Decimal("1.50")
    assert str(document.resource["total"]) == "1.50"
    assert document.outcome.ok


def test_a_key_given_twice_is_an_error_at_its_place(reader):
    document = reader.read('{"resourceType": "Patient", "name": [{"family": "a",\n "family": "b"}]}')
    assert codes(document) == ["SAM-VAL-811"]
    assert [issue.where for issue in document.outcome] == ["Patient.name[0].family"]
    assert "Line 2, column 12" in next(iter(document.outcome)).text
    assert document.resource["name"] == [{"family": "b"}]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"resourceType": "Patient", "active": true,}', "Patient"),
        ('{"resourceType": "Patient", "name": [{"family": "x" "given": []}]}', "Patient.name[0].family"),
        ('{"resourceType": "Patient", "name": [{"size": 925. }]}', "Patient.name[0].size"),
        ('{"resourceType": "Patient", /* no */ "active": true}', "Patient"),
        ('{"resourceType": "Patient", "active": tru}', "Patient.active"),
        ('{"resourceType": "Patient"', "Patient.resourceType"),
        ("[1, 2", "[1]"),
    ],
)
def test_text_that_is_no_json_is_refused_at_the_place_of_the_fault(reader, text, where):
    document = reader.read(text)
    assert document.resource is None
    assert codes(document) == ["SAM-VAL-810"]
    assert next(iter(document.outcome)).where == where


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": 1e999999999999999999999}', '{"a": "\\ud800"}'])
def test_what_no_json_holds_is_refused(reader, text):
    document = reader.read(text)
    assert document.resource is None
    assert codes(document) == ["SAM-VAL-810"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "SAM-VAL-801"),
        (b" \n", "SAM-VAL-801"),
        (b'{"resourceType": "P\xff"}', "SAM-VAL-803"),
        (b"[]", "SAM-VAL-812"),
        (b"7", "SAM-VAL-812"),
        (b"{}", "SAM-VAL-812"),
        (b'{"resourceType": 5}', "SAM-VAL-812"),
    ],
)
def test_what_is_no_resource_says_so(reader, data, code):
    assert codes(reader.read(data)) == [code]


def test_depth_is_bounded(shallow, reader):
    text = '{"resourceType": "Patient", "a": ' + "[" * 5 + "]" * 5 + "}"
    assert codes(shallow.read(text)) == ["SAM-VAL-805"]
    assert codes(reader.read("[" * 100_000)) == ["SAM-VAL-805"]


def test_size_is_bounded(shallow):
    assert codes(shallow.read(b" " * 2001)) == ["SAM-VAL-802"]


def test_a_byte_order_mark_and_utf_16_are_read(reader):
    assert reader.read(b'\xef\xbb\xbf{"resourceType": "Patient"}').resource == {"resourceType": "Patient"}
    document = reader.read('{"resourceType": "Patient"}'.encode("utf-16"))
    assert document.resource == {"resourceType": "Patient"}
    assert codes(document) == ["SAM-VAL-804"]


def test_comments_of_old_releases_are_left_out_with_a_warning(reader):
    document = reader.read(
        '{"resourceType": "Patient", "fhir_comments": ["x"], "_id": {"fhir_comments": ["y"]}, "id": "a"}'
    )
    assert document.resource == {"resourceType": "Patient", "id": "a"}
    assert codes(document) == ["SAM-VAL-832"]
    assert document.outcome.ok


TEXT = """{
  "resourceType": "Bundle",
  "entry": [
    {"resource": {"resourceType": "Patient", "birthDate": "1970",
      "_birthDate": {"extension": []},
      "multipleBirthInteger": 3}}
  ]
}"""


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("Bundle", (1, 1)),
        ("Bundle.entry[0]", (4, 5)),
        ("Bundle.entry[0].resource.birthDate", (4, 59)),
        ("Bundle.entry[0].resource.birthDate.extension", (5, 35)),
        ("Bundle.entry[0].resource.multipleBirth", (6, 31)),
        ("Bundle.entry[0].resource.gender", (4, 18)),
        ("Bundle.entry[4].search", (3, 12)),
        ("Patient.name", None),
        ("", None),
    ],
)
def test_each_place_has_its_line_and_column(reader, where, place):
    assert reader.read(TEXT).line(where) == place
