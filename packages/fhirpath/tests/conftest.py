"""A patient of our own, with everything a path may meet: siblings of primitives, choices, contained resources."""

from typing import Any

import pytest
from hypothesis import settings

from samspil_core.jsontext import loads

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # a busy machine is no fault of a property

PATIENT = """
{"resourceType": "Patient", "id": "p", "active": true, "birthDate": "1974-12-25",
 "_birthDate": {"extension": [{"url": "urn:time", "valueDateTime": "1974-12-25T14:35:45-05:00"}]},
 "name": [{"use": "official", "family": "Holm", "given": ["Ida", null, "Ane"],
           "_given": [null, {"extension": [{"url": "urn:masked", "valueCode": "masked"}]}, null]},
          {"use": "nickname", "given": ["Ib"]}],
 "deceasedBoolean": false, "multipleBirthInteger": 3,
 "contained": [{"resourceType": "Organization", "id": "o", "name": "Klinik"}],
 "managingOrganization": {"reference": "#o"},
 "contact": [{"relationship": [{"coding": [{"system": "urn:s", "code": "N"}]}], "gender": "female"}]}
"""


@pytest.fixture
def patient() -> dict[str, Any]:
    return loads(PATIENT)


@pytest.fixture
def observation() -> dict[str, Any]:
    return loads(
        '{"resourceType": "Observation", "status": "final", "code": {"text": "vægt"}, "valueQuantity": '
        '{"value": 72.50, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}}'
    )
