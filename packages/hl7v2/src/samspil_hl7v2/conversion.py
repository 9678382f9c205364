r"""One message in, one Bundle out, and an account of every populated position.

>>> from samspil_hl7v2 import convert
>>> conversion = convert(b"MSH|^~\\&|LAB|HOSP|||20240131||ADT^A08|1|P|2.5\rPID|||42^^^HOSP||Hansen^Karen")
>>> conversion.bundle["entry"][1]["resource"]["name"]
[{'family': 'Hansen', 'given': ['Karen']}]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from samspil_core.jsontext import dumps
from samspil_core.outcome import Issue, Outcome, to_operation_outcome
from samspil_core.ports import Translator

from .bundle import BundleType
from .context import Resource
from .engine import Later, Wish, carry
from .engine import message_type as type_of
from .lineage import Lineage
from .mapping.sets import Mapping, shipped_mapping
from .message import Segment, parse_plain, read_plain
from .positions import raw
from .report import Report, failed_report
from .shapes.conversion import carried

if TYPE_CHECKING:
    from fhir.resources.R4B.bundle import Bundle


class Conversion:
    """What became of one message.

    `report` accounts for every populated position; `issues` are the findings of reading, of grouping and of mapping;
    `lineage` is filled where it was asked for.
    """

    def __init__(
        self, bundle: Resource | Later | None, report: Report, lineage: Lineage, issues: tuple[Issue, ...]
    ) -> None:
        self._bundle = bundle
        self.report = report
        self.lineage = lineage
        self.issues = issues

    @property
    def bundle(self) -> Resource | None:
        """The bundle, the same object each time; None where no MSH could be read."""
        if isinstance(self._bundle, Later):
            self._bundle = self._bundle.make()
        return self._bundle

    @cached_property
    def outcome(self) -> Outcome:
        """All findings: of reading, of grouping, of mapping."""
        return Outcome((*self.issues, *self.report.issues()))

    def with_issues(self, more: Iterable[Issue]) -> Conversion:
        """The same conversion with further findings."""
        return Conversion(self._bundle, self.report, self.lineage, (*self.issues, *more))

    def json(self) -> bytes:
        """The bundle as JSON on one line, decimals exact; `null` where there is none."""
        return self._bundle.text.encode() if isinstance(self._bundle, Later) else dumps(self._bundle, sure=True)

    def report_json(self, source: str = "", index: int = 0) -> bytes:
        """The report line of the command line's `--report`, JSON on one line."""
        return dumps(
            {"source": source, "index": index, **self.report.as_dict(), "outcome": to_operation_outcome(self.outcome)}
        )

    def as_model(self) -> Bundle:
        """The bundle as fhir.resources R4B model. Needs the extra `samspil-hl7v2[models]`; raises ImportError without."""
        from .models import as_model

        return as_model(self.bundle)


def convert(  # noqa: PLR0913  each is a choice of the caller, all but the first by name
    data: bytes | str,
    *,
    mapping: Mapping | None = None,
    timezone: str | None = None,
    charset: str | None = None,
    bundle_type: BundleType = "transaction",
    with_lineage: bool = False,
    now: datetime | None = None,
    translator: Translator | None = None,
) -> Conversion:
    """Convert one HL7 v2 message to a FHIR R4 Bundle.

    `mapping` is the tables to use (`load_mapping`), the shipped ones by default. `timezone` (IANA name) holds for times
    without offset, before the offset of MSH-7; `charset` (HL7 table 0211 or codec name) for bytes that declare none; both go
    before what a layer says. `now` is the time of conversion, which Provenance records; without it
    nothing in the output depends on the clock. `translator` is asked for each code before the tables are.

    Never raises on content. Raises `zoneinfo.ZoneInfoNotFoundError` for an unknown zone, TableError for wrong tables.
    """
    plain = read_plain(data, charset or (mapping.charset if mapping else None))
    if isinstance(plain, Issue):
        return Conversion(None, failed_report(), (), (plain,))
    wish = Wish(mapping or shipped_mapping(), timezone, bundle_type, with_lineage, now)
    made = carried(plain, wish) if translator is None else carry(parse_plain(plain), wish, translator)
    return Conversion(made.bundle, made.report, made.lineage, made.issues)


def convert_all(messages: Sequence[bytes], **options: Any) -> list[Conversion]:
    """Convert several messages with the same options."""
    return [convert(message, **options) for message in messages]


def message_type(msh: Segment) -> tuple[str, str, str]:
    """MSH-9: message code, trigger event, declared structure, in capitals; empty where not populated."""
    return type_of(raw(msh, 9))


__all__ = ["Conversion", "convert", "convert_all", "message_type"]
