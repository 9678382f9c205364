"""Whatever schemathesis makes of the service's own OpenAPI document, the answer is one that the document tells of.

SAMSPIL_EXAMPLES says how many requests are made for each address; other than the usual number they are random each time.
"""

import os
from datetime import UTC, datetime

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

from samspil_server import application
from samspil_server.settings import made

USUAL = 6
EXAMPLES = int(os.environ.get("SAMSPIL_EXAMPLES", USUAL))
BOUNDS = settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES == USUAL,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.unsupported_method,
]
"""Not those that take JSON Schema for all there is to a resource: what is well formed may still be refused."""


@pytest.fixture(scope="module")
def headers(every_part):
    """Who asks."""
    return {"Authorization": f"Bearer {every_part['token']}"}


@pytest.fixture(scope="module")
def document(every_part, headers):
    """The service's own document, over the service with every part."""
    app = application(made(every_part), lambda: datetime(2026, 3, 1, tzinfo=UTC))
    return schemathesis.openapi.from_asgi("/openapi.json", app, headers=headers)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("service", ["service", "convert", "validate", "terminology", "consent", "audit"])
def test_every_answer_is_one_that_the_document_tells_of(document, headers, service, mode):
    """As it should be asked, and as it should not."""
    operations = [each.ok() for each in document.get_all_operations()]
    asked = [each for each in operations if each.tags == [service]]
    assert asked
    for operation in asked:
        nothing_to_spoil = not any(True for _ in operation.iter_parameters()) and not list(operation.body)
        if not (mode is GenerationMode.NEGATIVE and nothing_to_spoil):
            ask(operation, mode, headers)


def ask(operation, mode, headers):
    """Ask one address many times."""

    @BOUNDS
    @given(operation.as_strategy(mode))
    def run(case):
        case.call_and_validate(checks=CHECKS, headers=headers)

    run()
