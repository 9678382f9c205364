"""The named rules that rows refer to."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from samspil_hl7v2 import rules
from samspil_hl7v2.context import Context

X = Context("utf-8", ZoneInfo("Europe/Copenhagen"), "", "2024-03-15T12:00:00+00:00", {"LN": "http://loinc.org"})
UUID = "0A1B2C3D-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("rule", "arguments", "expected"),
    [
        ("coding_system", ["LN"], "http://loinc.org"),
        ("coding_system", [" ln "], "http://loinc.org"),
        ("coding_system", ["HL70001"], "http://terminology.hl7.org/CodeSystem/v2-0001"),
        ("coding_system", ["1.2.208.176"], "urn:oid:1.2.208.176"),
        ("coding_system", ["http://x.dk/cs"], "http://x.dk/cs"),
        ("coding_system", ["our own"], "urn:id:our%20own"),
        ("coding_system", [" "], None),
        ("known_coding_system", ["LN"], True),
        ("known_coding_system", ["our own"], False),
        ("in_line", ["Harbour Street 1", "HARBOUR STREET"], True),
        ("in_line", ["Harbour Street 12", "1"], False),
        ("in_line", ["Harbour Street", "Street 1"], False),
        ("location_status", [" Active"], "active"),
        ("location_status", ["C"], None),
        ("oid", ["1.2.208"], "urn:oid:1.2.208"),
        ("oid", ["urn:oid:1.2.208"], "urn:oid:1.2.208"),
        ("oid", ["1.02"], None),
        ("universal_id", ["1.2.208.176.1.2", "ISO"], "urn:oid:1.2.208.176.1.2"),
        ("universal_id", ["1.2.208.176.1.2", ""], "urn:oid:1.2.208.176.1.2"),
        ("universal_id", ["2.5.1", ""], None),
        ("universal_id", [UUID, "UUID"], f"urn:uuid:{UUID.lower()}"),
        ("universal_id", [f"{{{UUID}}}", ""], f"urn:uuid:{UUID.lower()}"),
        ("universal_id", ["lab.example.dk", "DNS"], "urn:dns:lab.example.dk"),
        ("universal_id", ["http://x.dk", "URI"], "http://x.dk"),
        ("universal_id", ["not an oid", "ISO"], None),
        ("number", ["7.40"], Decimal("7.40")),
        ("number", ["7,4"], Decimal("7.4")),
        ("number", ["<5"], Decimal(5)),
        ("number", ["+5."], Decimal(5)),
        ("number", ["5-6"], None),
        ("numeric", ["7.4"], True),
        ("numeric", ["seven"], False),
        ("numeric", ["<^4"], True),
        ("numeric", ["^four"], False),
        ("comparator", ["<=5"], "<="),
        ("comparator", ["=5"], None),
        ("comparator", ["5"], None),
        ("positive", ["0"], False),
        ("positive", ["0.1"], True),
        ("not_negative", ["0"], True),
        ("not_negative", ["-1"], False),
        ("time_unit", ["Days"], "d"),
        ("time_unit", ["fortnight"], None),
        ("minutes", ["2", "h"], 120),
        ("minutes", ["90", "s"], None),
        ("minutes", ["30", ""], 30),
        ("minutes", ["x", "h"], None),
        ("duration_value", ["D7"], Decimal(7)),
        ("duration_value", ["7 days"], Decimal(7)),
        ("duration_value", ["7 moons"], None),
        ("duration_unit", ["L2"], "mo"),
        ("duration_unit", ["2 h"], "h"),
        ("weekdays", ["1", "3"], ["mon", "tue", "wed"]),
        ("weekdays", ["6", "1"], ["sat", "sun", "mon"]),
        ("weekdays", ["2", ""], ["tue"]),
        ("weekdays", ["8", ""], None),
        ("times_of_day", ["0800, 2030"], ["08:00:00", "20:30:00"]),
        ("times_of_day", ["0800,noon"], None),
        ("now", [], "2024-03-15T12:00:00+00:00"),
        ("minutes_after", ["90", "202403150800"], "2024-03-15T09:30:00+01:00"),
        ("minutes_after", ["90", "202403150800+0000"], "2024-03-15T09:30:00+00:00"),
        ("minutes_after", ["90", "20240315"], None),
        ("minutes_after", ["x", "202403150800"], None),
        ("whole", [r"a^b\T\c"], "a^b&c"),
        ("text", ["a^b&c^^d"], "a b c d"),
        ("text", ["^^"], None),
        ("base64", ["aGVsbG8=", "Base64"], "aGVsbG8="),
        ("base64", ["aGVs\\.br\\bG8=", "Base64"], "aGVsbG8="),
        ("base64", ["not base64", "Base64"], "bm90IGJhc2U2NA=="),
        ("base64", ["68656c6c6f", "Hex"], "aGVsbG8="),
        ("base64", ["hello", "A"], "aGVsbG8="),
        ("base64_of", ["a^b"], "YV5i"),
        ("samples", ["1^^2.50"], "1 E 2.50"),
        ("samples", ["1^x"], None),
        ("telephone", ["45", "35", "456789", "12"], "+45 35 456789 X12"),
        ("telephone", ["", "", "", ""], None),
        ("street_line", ["Vej 1", "x", "2"], "Vej 1"),
        ("street_line", ["", "Vej", "2"], "Vej 2"),
        ("media_type", ["application", "pdf"], "application/pdf"),
        ("media_type", ["AP", "PDF"], "application/pdf"),
        ("media_type", ["", "image/png"], "image/png"),
        ("media_type", ["text", ""], "text/plain"),
        ("media_type", ["odd", "thing"], "application/x-odd-thing"),
        ("us_ssn", ["123-45-6789"], True),
        ("us_ssn", ["251248-9996"], False),
        ("udi", ["(01)1^HRF"], True),
        ("udi", ["1^TH"], False),
    ],
)
def test_examples(rule: str, arguments: list[str], expected: Any) -> None:
    """Each rule by example: what it makes of texts, and what it makes nothing of."""
    assert getattr(rules, rule)(X, *arguments) == expected


def test_every_rule_that_the_tables_name_exists() -> None:
    """Compiling looks rules up by name; here is that each has a sentence for the reader."""
    named = [
        item
        for name, item in vars(rules).items()
        if callable(item) and getattr(item, "__module__", "") == rules.__name__
    ]
    assert all(item.__doc__ for item in named if not item.__name__.startswith("_"))
