"""HL7 v2 to FHIR as a caller writes it."""

from typing import Any, assert_type

from samspil_hl7v2 import Conversion, Report, Unmapped, convert, load_mapping

conversion = convert(b"MSH|^~\\&|A|B|||2024||ADT^A08|1|P|2.5\r", timezone="Europe/Copenhagen", mapping=load_mapping())
assert_type(conversion, Conversion)
assert_type(conversion.bundle, dict[str, Any] | None)
assert_type(conversion.report, Report)
assert_type(conversion.report.unmapped, tuple[Unmapped, ...])
assert_type(conversion.report.populated, int)
assert_type(conversion.json(), bytes)
