"""The expansions that HL7 published with FHIR R4."""

import pytest

from tools.suites import r4_expansions


def test_nine_in_ten_are_equal(tmp_path) -> None:
    """Codes, their order and their displays are those published, for at least 90 % of the value sets."""
    if r4_expansions.packages() is None:
        pytest.skip("corpora are absent: the packages hl7.fhir.r4.core and hl7.fhir.r4.expansions")
    found = dict(r4_expansions.run(tmp_path))
    assert len(found) == 553
    assert sum(why is None for why in found.values()) >= 0.9 * len(found)
