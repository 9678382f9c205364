"""Terminology as a caller writes it."""

from typing import assert_type

from samspil_terminology import Catalog, lookup

catalog = Catalog(
    [{"resourceType": "CodeSystem", "url": "http://example.org", "status": "active", "content": "complete"}]
)
found = lookup(catalog, "http://example.org", "a")
assert_type(found.display, str)
