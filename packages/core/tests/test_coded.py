"""Local codes keep their place, and say what they mean."""

from samspil_core.coded import map_codes
from samspil_core.not_available import NOT_AVAILABLE
from samspil_core.testing import FakeTranslator
from samspil_core.values import Coding

LAB, NPU, MAP = "urn:id:99LAB", "urn:oid:1.2.208.176.2.1", "http://example.org/map"
KNOWN = FakeTranslator({(MAP, LAB, "GLU"): Coding(NPU, "NPU02192", "Glucose")})


def coded(*codes):
    """An Observation with codes."""
    return {
        "resourceType": "Observation",
        "code": {"coding": [{"system": system, "code": code} for system, code in codes]},
    }


def test_the_target_stands_beside_the_local_code():
    resource = {"resourceType": "Bundle", "entry": [{"resource": coded((LAB, "GLU"))}]}
    mapped, found = map_codes(resource, KNOWN, {LAB: MAP})
    codings = mapped["entry"][0]["resource"]["code"]["coding"]
    assert codings == [{"system": LAB, "code": "GLU"}, {"system": NPU, "code": "NPU02192", "display": "Glucose"}]
    assert resource["entry"][0]["resource"] == coded((LAB, "GLU"))
    assert found.ok


def test_what_is_mapped_already_is_mapped_once():
    once, _ = map_codes(coded((LAB, "GLU")), KNOWN, {LAB: MAP})
    assert map_codes(once, KNOWN, {LAB: MAP})[0] == once


def test_other_codes_and_what_is_no_coding_stay():
    odd = {"code": {"coding": ["x", {"system": 5}, {"code": "a"}, {"system": NPU, "code": "GLU"}]}, "coding": "x"}
    assert map_codes(odd, KNOWN, {LAB: MAP})[0] == odd
    assert map_codes(coded((LAB, "XYZ")), KNOWN, {LAB: MAP})[0] == coded((LAB, "XYZ"))


def test_what_a_translator_finds_is_told():
    """A code that no map knows is a finding of its translator, and comes back with the resource."""
    mapped, found = map_codes(coded((LAB, "a"), (LAB, "b")), NOT_AVAILABLE, {LAB: MAP})
    assert mapped == coded((LAB, "a"), (LAB, "b"))
    assert [each.code for each in found] == ["SAM-CORE-010"] * 2
