"""`sut.yaml`: what the system under test is, how it is reached, and what its maker claims."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from samspil_conformance import documents
from samspil_conformance.findings import NOT_READABLE

from .environment import from_environment

__all__ = ["ClientMode", "FilesMode", "Identity", "Mask", "ServerMode", "SutFile", "json_schema", "read_sut_file"]

Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Identity(_Part):
    """The identity block of the report."""

    name: Text = Field(description="Name of the system")
    company: Text = Field(description="Its maker")
    version: Text = Field(description="Version that is tested; the final test is run on the same")
    build: str = Field(default="", description="Build number or commit")
    test: Literal["self", "final"] = Field(default="self", description="Self-test, or the test before approval")
    tester: str = Field(default="", description="Who runs the test")
    place: str = Field(default="", description="Where it is run")


class ServerMode(_Part):
    """The kit calls the system."""

    url: Text = Field(description="Base URL of its FHIR interface, such as https://ehr.example.org/fhir")
    headers: dict[str, str] = Field(
        default_factory=dict, description="Sent with every request; ${NAME} is an environment variable"
    )
    timeout: float = Field(default=10.0, gt=0, description="Seconds to wait for an answer")
    verify: bool = Field(default=True, description="Whether TLS certificates are checked")


class ClientMode(_Part):
    """The kit plays the server that the system calls."""

    listen: str = Field(
        default="127.0.0.1:8099", pattern=r"^[^:]+:[0-9]+$", description="Address and port the kit listens on"
    )
    trigger: list[Text] = Field(
        default_factory=list[str],
        description="Command that makes the system send; {action}, {url} and the step's values are filled in, and all of them are given on standard input as JSON. Without one, a person makes it send",
    )
    wait: float = Field(default=10.0, gt=0, description="Seconds to wait for a request")


class FilesMode(_Part):
    """The kit gives bytes to a command, or reads files that the system made."""

    command: list[Text] = Field(
        default_factory=list[str],
        description="Command that takes its input on standard input and gives its output on standard output",
    )
    folder: str = Field(default="", description="Folder of files the system made, relative to sut.yaml")
    timeout: float = Field(default=60.0, gt=0, description="Seconds to wait for the command")


class Mask(_Part):
    """What is masked in the record, beside what always is: credentials in headers, forms and JSON."""

    headers: list[str] = Field(default_factory=list[str], description="Names of headers")
    json_keys: list[str] = Field(default_factory=list[str], description="Names of members of JSON objects")
    patterns: list[str] = Field(
        default_factory=list[str], description="Regular expressions, masked wherever they match"
    )


class SutFile(_Part):
    """A system under test."""

    sut: Identity
    server: ServerMode | None = None
    client: ClientMode | None = None
    files: FilesMode | None = None
    claims: list[Text] | None = Field(
        default=None, description="What the system claims to do; absent, the suite's own default"
    )
    settings: dict[str, Any] = Field(
        default_factory=dict, description="Values that the suites ask for, such as ids of test patients"
    )
    mask: Mask = Mask()


def json_schema() -> dict[str, Any]:
    """The JSON Schema of sut.yaml (draft 2020-12)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **SutFile.model_json_schema()}


def read_sut_file(path: Path) -> SutFile:
    """Read sut.yaml, and fill `${NAME}` from the environment.

    Raises:
        BadFile: it breaks the schema, each fault with its line; or the environment lacks a name.
        OSError: it cannot be read.
    """
    told = documents.read(path, json_schema())
    try:
        return SutFile.model_validate(from_environment(told))
    except KeyError as fault:
        line = next(
            n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if fault.args[0] in text
        )
        raise documents.BadFile(
            [NOT_READABLE.at(file=path.name, line=line, why=f"the environment has no {fault.args[0]}")]
        ) from None
