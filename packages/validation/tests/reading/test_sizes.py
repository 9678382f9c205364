"""Long texts are read in memory in proportion to them, whatever is found in them."""

import json
import tracemalloc

from samspil_validation.reading.json_scan import places


def test_a_place_in_a_text_with_a_long_string_is_found_in_little_memory():
    text = json.dumps({"resourceType": "Patient", "name": [{"family": "x\\" * 1_000_000}], "id": "p"})
    tracemalloc.start()
    found = places(text)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert text[found["Patient.id"]] == '"'
    assert most < 20 * len(text)
