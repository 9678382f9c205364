"""Languages as HL7 v2 senders write them: ISO 639 codes of two or three letters, or English names.

HL7 table 0296 is user-defined (https://terminology.hl7.org/CodeSystem-v2-0296.html); FHIR allows BCP 47 alone
(https://hl7.org/fhir/R4/valueset-all-languages.html), whose tags of these languages are the two-letter codes.
"""

from __future__ import annotations

from functools import cache

from samspil_hl7v2 import facts


def language_tag(text: str) -> str | None:
    """The BCP 47 tag of a language, or None where it is none that is known; a region after it is kept.

    >>> language_tag("DAN"), language_tag("english"), language_tag("en-us"), language_tag("1201")
    ('da', 'en', 'en-US', None)
    """
    language, parted, region = text.strip().replace("_", "-").partition("-")
    tag = _tags().get(language.casefold())
    if tag is None or not parted:
        return tag
    return f"{tag}-{region.upper()}" if len(region) == 2 and region.isalpha() and region.isascii() else None  # noqa: PLR2004  ISO 3166


@cache
def _tags() -> dict[str, str]:
    tags: dict[str, str] = {}
    for tag, others, name in facts.rows("samspil_hl7v2.v2", "languages.csv"):
        tags |= dict.fromkeys((tag, *others.split(), name.casefold()), tag)
    return tags
