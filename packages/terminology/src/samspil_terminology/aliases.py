"""One code system under several names: every URI and OID of a group resolves, and the first is the one to prefer.

The groups of the Danish and Nordic systems are those met in live profiles, messages and guides.
"""

from collections.abc import Iterable, Sequence

__all__ = ["GROUPS", "AliasGroups"]

GROUPS: tuple[tuple[str, ...], ...] = (
    (
        "http://npu-terminology.org",
        "urn:oid:1.2.208.176.2.1",
        "urn:oid:1.2.208.176.9.1",
        "https://www.npu-terminology.org/",
        "https://www.npu-terminology.org",
        "http://www.npu-terminology.org",
    ),
    (
        "http://hl7.org/fhir/sid/icpc-2",
        "urn:oid:1.2.208.176.2.31",
        "urn:oid:2.16.840.1.113883.6.139",
        "https://kiap.dk/kiap/koder/icpckoder",
    ),
    ("urn:oid:1.2.208.176.2.4.12",),
    ("urn:oid:1.2.208.176.2.4", "https://sundhedsdatastyrelsen.dk/sks"),
    ("urn:oid:1.2.208.176.2.21", "http://kl.dk/fhir/common/caresocial/CodeSystem/FSIII"),
    ("urn:oid:1.2.208.176.2.22", "http://kl.dk/fhir/common/caresocial/CodeSystem/FFB"),
    ("http://www.whocc.no/atc", "urn:oid:2.16.840.1.113883.6.73"),
    ("http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96", "urn:oid:1.2.208.176.2.5"),
    ("http://loinc.org", "urn:oid:2.16.840.1.113883.6.1"),
    ("http://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8"),
    (
        "http://hl7.org/fhir/sid/icd-10",
        "urn:oid:2.16.840.1.113883.6.3",
        "http://terminology.hl7.org/CodeSystem/icd10",
    ),
    ("http://hl7.org/fhir/sid/icd-10-cm", "urn:oid:2.16.840.1.113883.6.90"),
    ("urn:oid:1.2.208.176.1.1", "urn:oid:1.2.208.176.1", "https://sor.sundhedsdatastyrelsen.dk"),
    ("urn:iso:std:iso:3166", "urn:iso:std:iso:3166:-1"),
    ("urn:ietf:bcp:47", "urn:oid:2.16.840.1.113883.6.121"),
    ("urn:ietf:bcp:13", "http://terminology.hl7.org/CodeSystem/v3-mediatypes"),
)
"""The groups built in; the first of each is the name to prefer."""


class AliasGroups:
    """Names that mean one code system. Groups that share a name become one."""

    __slots__ = ("_groups",)

    def __init__(self, groups: Iterable[Sequence[str]] = GROUPS) -> None:
        self._groups: dict[str, tuple[str, ...]] = {}
        for each in groups:
            self.join(*each)

    def join(self, *names: str) -> None:
        """Declare that these names mean one code system."""
        merged = tuple(dict.fromkeys(other for name in names for other in (*self._groups.get(name, ()), name)))
        for name in merged:
            self._groups[name] = merged

    def of(self, name: str) -> tuple[str, ...]:
        """All names of the group, the preferred one first; the name alone when it is in no group."""
        return self._groups.get(name, (name,))

    def preferred(self, name: str) -> str:
        """The name to use."""
        return self.of(name)[0]

    def same(self, one: str, other: str) -> bool:
        """Whether two names mean the same code system."""
        return one == other or other in self.of(one)
