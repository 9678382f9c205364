"""Identifiers of SNOMED CT that the software itself relies on.

https://confluence.ihtsdotools.org/display/DOCRELFMT
"""

__all__ = [
    "ACCEPTABLE",
    "ASSOCIATIONS",
    "DEFINED",
    "DEFINITION",
    "DIALECTS",
    "EDITIONS",
    "FSN",
    "INFERRED",
    "IS_A",
    "KINDS",
    "MODULE_DEPENDENCY",
    "PREFERRED",
    "ROOT",
    "SYNONYM",
    "URL",
    "check_digit",
]

URL = "http://snomed.info/sct"
ROOT = "138875005"
IS_A = "116680003"
FSN = "900000000000003001"
SYNONYM = "900000000000013009"
DEFINITION = "900000000000550004"
PREFERRED = "900000000000548007"
ACCEPTABLE = "900000000000549004"
INFERRED = "900000000000011006"
DEFINED = "900000000000073002"
MODULE_DEPENDENCY = "900000000000534007"
OWL_AXIOM = "733073007"

KINDS = {FSN: "Fully specified name", SYNONYM: "Synonym", DEFINITION: "Definition"}
"""The names of the types of description."""

DIALECTS = {
    "en-us": "900000000000509007",
    "en-gb": "900000000000508004",
    "en-au": "32570271000036106",
    "en-ca": "19491000087109",
    "en-nz": "271000210107",
    "en-ie": "21000220103",
    "da": "554461000005103",
    "da-dk": "554461000005103",
    "sv": "46011000052107",
    "sv-se": "46011000052107",
    "nb": "61000202103",
    "nn": "91000202106",
    "no": "61000202103",
    "nl": "31000146106",
    "nl-nl": "31000146106",
    "fr-be": "21000172104",
    "nl-be": "31000172101",
    "es": "448879004",
    "et": "71000181105",
    "de": "722130004",
    "fr": "722131000",
    "it": "722133002",
    "zh": "722128001",
    "ja": "722129009",
}
"""The aliases of dialects in expression constraints, and their language reference sets."""

ASSOCIATIONS = {
    "SAME AS": "900000000000527005",
    "REPLACED BY": "900000000000526001",
    "WAS A": "900000000000528000",
    "PARTIALLY EQUIVALENT TO": "1186924009",
    "POSSIBLY EQUIVALENT TO": "900000000000523009",
    "POSSIBLY REPLACED BY": "1186921001",
    "MOVED TO": "900000000000524003",
    "MOVED FROM": "900000000000525002",
    "ALTERNATIVE": "900000000000530003",
}
"""The historical associations between concepts, by name."""

HISTORY = {
    "MIN": ("SAME AS",),
    "MOD": ("SAME AS", "REPLACED BY", "WAS A", "PARTIALLY EQUIVALENT TO"),
    "MAX": tuple(ASSOCIATIONS),
}
"""The profiles of the history supplement of expression constraints."""

EDITIONS = {
    "900000000000207008": "International Edition",
    "554471000005108": "Danish Edition",
    "45991000052106": "Swedish Edition",
    "51000202101": "Norwegian Edition",
    "11000172109": "Belgian Edition",
    "11000146104": "Dutch Edition",
    "731000124108": "US Edition",
    "83821000000107": "UK Edition",
    "999000041000000102": "UK Edition",
    "32506021000036107": "Australian Edition",
    "20621000087109": "Canadian Edition",
    "11000221109": "Argentinian Edition",
    "449081005": "Spanish Edition",
    "11000181102": "Estonian Edition",
    "11000220105": "Irish Edition",
    "21000210109": "New Zealand Edition",
    "31000003106": "International Edition",
}
"""The names of editions by their module."""

_D = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_P = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 5, 7, 6, 2, 8, 3, 0, 9, 4))
_INVERSE = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)


def _permuted(position: int, digit: int) -> int:
    for _ in range(position % 8):
        digit = _P[1][digit]
    return digit


def check_digit(identifier: str) -> str:
    """The Verhoeff check digit of an identifier without it."""
    check = 0
    for position, digit in enumerate(reversed(identifier), 1):
        check = _D[check][_permuted(position, int(digit))]
    return str(_INVERSE[check])
