"""Models of fhir.resources are taken as the JSON they write."""

from decimal import Decimal

import pytest

from samspil_core.models import as_json


def test_a_model_is_what_it_writes():
    model = pytest.importorskip("fhir.resources.R4B.quantity", reason="fhir.resources is not installed").Quantity
    made = as_json(model.model_validate_json('{"value": 1.50, "unit": "mg"}'))
    assert made["unit"] == "mg"
    assert made["value"] == Decimal("1.50")


@pytest.mark.parametrize("value", [{"resourceType": "Patient"}, [], "x", None, dict])
def test_anything_else_stays_as_it_is(value):
    assert as_json(value) is value
