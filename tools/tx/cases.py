"""The tests of a copy of the suite: which suites and tests there are, and what each one sends and expects."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samspil_core.jsontext import loads

__all__ = ["ENDPOINTS", "Test", "read", "tests"]

ENDPOINTS = {
    "expand": "ValueSet/$expand",
    "validate-code": "ValueSet/$validate-code",
    "cs-validate-code": "CodeSystem/$validate-code",
    "batch-validate": "ValueSet/$batch-validate-code",
    "lookup": "CodeSystem/$lookup",
    "translate": "ConceptMap/$translate",
    "compare": "ValueSet/$compare",
    "metadata": "metadata",
    "term-caps": "metadata?mode=terminology",
}


@dataclass(frozen=True)
class Test:
    """One test. `setup` are the resources that go with its request; `answers` the expected files, any of which will do."""

    suite: str
    name: str
    mode: str
    operation: str
    request: dict[str, Any]
    answers: tuple[str, ...]
    folder: Path
    setup: tuple[dict[str, Any], ...]
    language: str = ""
    status: str = "2xx"
    version: str = ""

    @property
    def id(self) -> str:
        """Suite and name."""
        return f"{self.suite}/{self.name}"

    @property
    def endpoint(self) -> str:
        """The operation as `Type/$name`."""
        return ENDPOINTS.get(self.operation, self.operation)

    def parameters(self) -> dict[str, Any]:
        """The request with the resources of the suite as `tx-resource` parameters."""
        extra = [{"name": "tx-resource", "resource": each} for each in self.setup]
        return {"resourceType": "Parameters", "parameter": [*self.request.get("parameter", []), *extra]}


def read(file: Path) -> Any:
    """Read JSON, with or without a byte order mark."""
    return loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))


def tests(folder: Path, modes: frozenset[str] = frozenset()) -> Iterator[Test]:  # noqa: PT028  no test
    """Give the tests of a folder that holds test-cases.json: those without mode, and those whose modes are all on."""
    cases = read(folder / "test-cases.json")
    held: dict[str, Any] = {}
    for suite in cases["suites"]:
        setup = tuple(_held(folder, name, held) for name in suite.get("setup", ()))
        for test in suite["tests"]:
            own = {mode for mode in (suite.get("mode"), test.get("mode")) if mode}
            if own <= modes:
                yield _test(folder, suite, test, tuple(each for each in setup if each), modes, "+".join(sorted(own)))


def _held(folder: Path, name: str, held: dict[str, Any]) -> Any:
    if name not in held:
        file = folder / name
        held[name] = read(file) if file.exists() else None
    return held[name]


def _test(  # noqa: PLR0913, PLR0917  the parts of a test
    folder: Path, suite: Any, test: Any, setup: tuple[Any, ...], modes: frozenset[str], mode: str
) -> Test:
    request = read(folder / test["request"]) if test.get("request") else {}
    profile = folder / test.get("profile", "parameters-default.json")
    if request and profile.exists():
        request = {**request, "parameter": [*request.get("parameter", []), *read(profile).get("parameter", [])]}
    special = next((test[key] for each in sorted(modes) if (key := f"response:{each}") in test), None)
    answers = tuple(each for each in (special or test.get("response"), test.get("response2")) if each)
    return Test(
        suite["name"],
        test["name"],
        mode,
        test["operation"],
        request,
        answers,
        folder,
        setup,
        test.get("Accept-Language", ""),
        str(test.get("http-code", "2xx")),
        str(test.get("version", "")),
    )
