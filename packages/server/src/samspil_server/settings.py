"""What the service is told: a TOML file, checked as a whole before anything starts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Part):
    """What a request may take."""

    max_bytes: int = Field(10_000_000, ge=1, description="Longest body, in bytes.")
    seconds: float = Field(30.0, gt=0, description="Longest time for the body to come, and for the answer to be made.")
    head_seconds: float = Field(10.0, gt=0, description="Longest time for the head of a request to come.")
    requests: int = Field(256, ge=1, description="Most requests at once; a further one is told to come again.")


class Tls(_Part):
    """HTTPS, and whom to let in."""

    cert: Path = Field(description="Certificate chain (PEM).")
    key: Path | None = Field(
        None, description="Private key of the certificate (PEM), where it is not in the same file."
    )
    clients: Path | None = Field(
        None, description="Authorities (PEM): clients must show a certificate of one of them, and are then known."
    )


class Convert(_Part):
    """HL7 v2 to FHIR at `/$convert`. Needs samspil-hl7v2."""

    layers: tuple[str, ...] = Field(
        (), description="Folders of tables laid over the shipped ones, or names of shipped layers."
    )
    timezone: str | None = Field(None, description="Zone of times without offset.")
    charset: str | None = Field(None, description="Character set of messages that declare none.")
    bundle: Literal["transaction", "collection"] = Field("transaction", description="Kind of Bundle.")


class Validate(_Part):
    """Validation at `/$validate` and `/TYPE/$validate`. Needs samspil-validation."""

    packages: tuple[str, ...] = Field(("hl7.fhir.r4.core#4.0.1",), description="FHIR packages, NAME#VERSION.")


class Terminology(_Part):
    """A terminology server at `/terminology`. Needs samspil-terminology."""

    sources: tuple[Path, ...] = Field(min_length=1, description="Stores, folders and files of terminology.")


class Consent(_Part):
    """Decisions and the CDS hook at `/consent`. Needs samspil-consent."""

    profile: str = Field("dk", description="Name of a profile, or its file.")
    consents: tuple[Path, ...] = Field(min_length=1, description="Files of consents.")


class Audit(_Part):
    """The audit record repository at `/audit`: ITI-81 and ITI-20. Needs samspil-audit."""

    log: str = Field(min_length=1, description="The log: an SQLite file, or a `postgresql://` URL.")


class Settings(_Part):
    """What is served: a part that is there is mounted."""

    token: str = Field(
        "", repr=False, description="Bearer token that every request but /health must carry; at least 16 characters."
    )
    limits: Limits = Limits()  # pyright: ignore[reportCallIssue]  pydantic's defaults
    tls: Tls | None = None
    convert: Convert | None = None
    validation: Validate | None = Field(None, alias="validate")
    terminology: Terminology | None = None
    consent: Consent | None = None
    audit: Audit | None = None

    @property
    def closed(self) -> bool:
        """Whether only those are let in who are known, by the token or by their certificate."""
        return bool(self.token or (self.tls and self.tls.clients))


class BadSettings(ValueError):
    """The settings cannot be used; one line for each fault, with its place."""


def read_settings(path: Path) -> Settings:
    """Read a TOML file. Raises BadSettings, and OSError where it cannot be read."""
    try:
        return made(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path}: {error}"
        raise BadSettings(message) from None


def made(table: dict[str, Any]) -> Settings:
    """Check settings. Raises BadSettings."""
    try:
        settings = Settings.model_validate(table)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise BadSettings("\n".join(faults)) from None
    if settings.token and len(settings.token) < 16:  # noqa: PLR2004  short tokens are guessed
        message = "token: a token has at least 16 characters"
        raise BadSettings(message)
    return settings
