"""A server over HTTP as the other end of the suite."""

from typing import Any, Protocol

from samspil_core.jsontext import dumps, loads
from tools.tx.cases import Test
from tools.tx.runner import Asked

__all__ = ["server"]

_TYPE = "application/fhir+json"


class Client(Protocol):
    """As much of an HTTP client as is needed: httpx.Client, or Starlette's TestClient."""

    def request(self, method: str, url: str, /, *, content: bytes | None, headers: dict[str, str]) -> Any:
        """Send a request; the answer has `content` and `status_code`."""
        ...


def server(client: Client, base: str = "") -> Asked:
    """Ask a server below `base`. What an R4 server says in extensions for R5 is put where R5 has it, as the suite's tool does."""

    def ask(test: Test) -> tuple[dict[str, Any], int]:
        described = test.operation in {"metadata", "term-caps"}
        headers = {"Accept": _TYPE, "Content-Type": _TYPE}
        if test.language:
            headers["Accept-Language"] = test.language
        content = None if described else dumps(test.parameters(), sure=True)
        answer = client.request(
            "GET" if described else "POST", f"{base}/{test.endpoint}", content=content, headers=headers
        )
        return _lifted(loads(answer.content)), answer.status_code

    return ask


def _lifted(value: Any) -> Any:
    """A resource whose extensions for the properties of an expansion are properties."""
    if isinstance(value, list):
        return [_lifted(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {name: _lifted(each) for name, each in value.items()}
    kept: list[Any] = []
    for each in made.get("extension", ()):
        if (
            isinstance(each, dict)
            and str(each.get("url", "")).startswith(_PROPERTY)
            and each["url"].endswith("property")
        ):
            made.setdefault("property", []).append(_property(each))
        else:
            kept.append(each)
    if "extension" in made:
        made["extension"] = kept
        if not kept:
            del made["extension"]
    return made


def _property(extension: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for part in extension["extension"]:
        key, value = next((key, value) for key, value in part.items() if key.startswith("value"))
        made[key if part["url"] == "value" else part["url"]] = value
    return made


_PROPERTY = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion."
