"""A feed out of single messages: the same shapes, other persons, numbers, times and values in every message.

What differs between the messages of one sender is made to differ: names, addresses, telephones, identifiers of persons,
visits, orders and specimens, times, measured numbers. What recurs stays: codes, units, departments, assigning authorities.
"""

import random
import re
from datetime import datetime, timedelta

VARIED = {
    "MSH": {10: (1,)},
    "PID": {
        2: (1,), 3: (1,), 4: (1,), 5: (1, 2, 3), 6: (1, 2), 9: (1, 2), 11: (1, 3, 5), 13: (1, 7, 12), 14: (1, 7, 12),
        18: (1,), 19: (1,),
    },
    "NK1": {2: (1, 2, 3), 4: (1, 3, 5), 5: (1, 7, 12)},
    "PV1": {5: (1,), 7: (1, 2, 3), 8: (1, 2, 3), 9: (1, 2, 3), 17: (1, 2, 3), 19: (1,), 50: (1,)},
    "GT1": {2: (1,), 3: (1, 2, 3), 5: (1, 3, 5), 6: (1, 7, 12)},
    "IN1": {8: (1,), 16: (1, 2), 19: (1, 3, 5), 36: (1,), 49: (1,)},
    "ORC": {2: (1,), 3: (1,), 4: (1,), 12: (1, 2, 3)},
    "OBR": {2: (1,), 3: (1,), 16: (1, 2, 3), 28: (1, 2, 3)},
    "OBX": {5: (1,), 16: (1, 2, 3)},
    "SPM": {2: (1,)},
    "NTE": {3: (1,)},
    "DG1": {16: (1, 2, 3)},
}  # fmt: skip
"""Components of fields whose texts are a person's, an order's, a measurement's own; times are found by their look."""
_TIME = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?(?![\d.])")
_CODED = frozenset({"CE", "CWE", "CNE", "CF", "ED", "RP", "SN", "DT", "TS", "DTM", "TM", "EI"})


class Change:
    """How the texts of one message change: the same text to the same text, every time by the same length."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.texts: dict[str, str] = {}
        self.length = timedelta(days=chance.randint(-9000, 2000), minutes=chance.randint(0, 300))

    def text(self, text: str) -> str:
        """Another text of the same look."""
        if text not in self.texts:
            self.texts[text] = "".join(map(self._character, text))
        return self.texts[text]

    def _character(self, character: str) -> str:
        if character.isdigit():
            return self.chance.choice("123456789")
        if character.isalpha():
            return self.chance.choice("ABCDEFGHIKLMNOPRSTUV" if character.isupper() else "abcdefghiklmnoprstuv")
        return character

    def time(self, text: str) -> str:
        """Another time of the same precision."""
        pattern = _PATTERNS[next(length for length in (14, 12, 8) if text[:length].isdigit())]
        width = len(datetime(2000, 1, 1).strftime(pattern))  # noqa: DTZ001  a v2 time without zone
        try:
            moved = datetime.strptime(text[:width], pattern) + self.length  # noqa: DTZ007  as above
        except ValueError:
            return text
        return moved.strftime(pattern) + text[width:]


_PATTERNS = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M", 8: "%Y%m%d"}


def varied(text: str, chance: random.Random) -> str:
    """A message of the same shape."""
    change = Change(chance)
    return "\r".join(_line(line, change) for line in text.split("\r"))


def _line(line: str, change: Change) -> str:
    fields = line.split("|")
    places = VARIED.get(fields[0], {})
    shift = 1 if fields[0] == "MSH" else 0
    for number in range(2 if shift else 1, len(fields)):
        components = places.get(number + shift, ())
        if fields[0] == "OBX" and number == 5 and fields[2] in _CODED:  # noqa: PLR2004  OBX-5, the value
            components = ()
        fields[number] = "~".join(_repetition(each, components, change) for each in fields[number].split("~"))
    return "|".join(fields)


def _repetition(text: str, components: tuple[int, ...], change: Change) -> str:
    parts = text.split("^")
    for at, part in enumerate(parts, 1):
        if _TIME.match(part):
            parts[at - 1] = change.time(part)
        elif at in components and "\\" not in part:
            parts[at - 1] = change.text(part)
    return "^".join(parts)
