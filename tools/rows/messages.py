"""A message about one segment: the segments that must be there, each with the least that identifies it."""

import re
from collections.abc import Iterator

from tools.rows.conditions import Place, met
from tools.rows.guide import Guide, MessageRow
from tools.rows.texts import made_up

LEAST: dict[str, dict[int, str]] = {
    "EVN": {2: "20240517103045+0100"},
    "PID": {3: "P1^^^AUTH^MR", 18: "AC1"},
    "PV1": {2: "I", 19: "V1^^^AUTH^VN", 54: "EP1^A"},
    "ORC": {1: "NW", 2: "PL1^A", 3: "FI1^B", 10: "EN1^Enter^Er"},
    "OBR": {2: "PL1^A", 3: "FI1^B", 4: "T1^Test^99L", 25: "F"},
    "OBX": {2: "ST", 3: "C1^Thing^99L", 5: "made up", 11: "F"},
    "SPM": {4: "BLD^Blood^HL70487"},
    "SCH": {2: "AP1^A", 11: "^^^20240517103045+0100^20240517110045+0100", 25: "Booked"},
    "AIS": {3: "S1^Service^99L"},
    "RGS": {1: "1"},
    "TXA": {2: "DS", 12: "D1^A", 17: "AU"},
    "RXA": {3: "20240517", 5: "08^HepB^CVX", 6: "1"},
    "RXO": {1: "M1^Medicine^99L"},
    "IN1": {2: "PLAN1", 3: "C1", 4: "Company"},
    "DG1": {3: "I10^Hypertension^I10"},
    "PR1": {3: "P1^Procedure^99L", 5: "20240517103045+0100"},
    "AL1": {3: "A1^Allergen^99L"},
    "NK1": {2: "Kin^Name"},
    "PRT": {5: "PR1^Doe^Jo", 15: "^PRN^PH^^^^5551234"},
    "TQ1": {7: "20240517103045+0100"},
}


ORPHANS: dict[str, tuple[str, ...]] = {
    "ADT_A60": ("EVN", "PID", "IAM"),
    "ACK": ("MSA",),
    "OMP_O09": ("PID", "ORC", "TQ1", "RXO", "RXR"),
    "RAS_O17": ("PID", "ORC", "RXO", "ORC", "RXA", "RXR"),
    "ADT_A08": ("SFT", "EVN", "PID", "ROL", "PV1"),
}
"""Messages for segment maps that no message map of the guide runs."""
_TYPE = 9
"""MSH-9, whose components each have their least."""
_MANY = re.compile(r"([A-Z0-9]{3})-(\d+) LST\.count GREATER THAN 1", re.IGNORECASE)


def build(
    guide: Guide, structure: str, row: MessageRow, texts: dict[Place, str], beside: frozenset[str] = frozenset()
) -> bytes:
    """Give a message of a structure in which the segment of a row has these texts, and the row's condition is met.

    `beside` are segments that must be there as well, at their first place.
    """
    own = row.segment
    fixed = _with_least({own}, texts)
    texts = (
        met(row.condition, fixed, (own, (0,)), [""], lambda place: made_up(guide, place)) if row.condition else fixed
    )
    lines: list[str] = []
    many = _MANY.search(row.condition)
    for name in ORPHANS.get(structure) or _segments(guide.messages[structure], row, beside):
        fields = _with_least({name}, {place: text for place, text in texts.items() if place[0] == name})
        lines.append(_line(name, fields, int(many[2]) if many and many[1] == name else 0))
    extra = {place[0] for place in texts} - {line[:3] for line in lines} - {"MSH"}
    before = [_line(name, {p: t for p, t in texts.items() if p[0] == name}) for name in sorted(extra)]
    header = _header(structure, {numbers: text for (name, numbers), text in texts.items() if name == "MSH"})
    return "\r".join([header, *(before if own not in extra else []), *lines, ""]).encode()


def _with_least(names: set[str], texts: dict[Place, str]) -> dict[Place, str]:
    """Add what identifies a segment, where no text stands at or below its field."""
    there = {(name, numbers[0]) for name, numbers in texts}
    least = {
        (name, (number,)): text
        for name in names
        for number, text in LEAST.get(name, {}).items()
        if (name, number) not in there
    }
    return {**least, **texts}


def _segments(rows: list[MessageRow], wanted: MessageRow, beside: frozenset[str]) -> Iterator[str]:
    """Give the segments of the message in order: those wanted, and the required ones of their groups."""
    firsts = {next((row.path for row in rows if row.segment == name), "") for name in beside} - {""}
    groups = {_group(row) for row in rows if row.path in {wanted.path, *firsts}}
    needed = {rows[0].path.partition(".")[0]}
    for row in rows:
        around = any(_around(row.path, group) for group in groups)
        if not row.segment and ((row.required and _group(row) in needed) or around):
            needed.add(row.path)
    last = ""
    for row in rows:
        if row.segment in {"", "MSH"} or row.path == last:
            continue
        if row.path in {wanted.path, *firsts} or (row.required and _group(row) in needed):
            last = row.path
            yield row.segment


def _group(row: MessageRow) -> str:
    return re.sub(r":follow:\w+", "", row.path).rpartition(".")[0]


def _around(path: str, group: str) -> bool:
    return group == path or group.startswith(f"{path}.")


def _line(name: str, texts: dict[Place, str], twice: int = 0) -> str:
    fields = {numbers[0] for _, numbers in texts if numbers[0]}
    cells = [
        _field({numbers[1:]: text for (_, numbers), text in texts.items() if numbers[0] == at})
        for at in range(1, max(fields, default=1) + 1)
    ]
    if twice and "~" not in cells[twice - 1]:
        cells[twice - 1] = "~".join([cells[twice - 1]] * 2)
    return "|".join([name, *cells])


def _header(structure: str, texts: dict[tuple[int, ...], str]) -> str:
    code, _, trigger = structure.partition("_")
    if texts.get((9, 2), trigger) not in {"", trigger}:
        texts = {(9, 3): "", **texts}
    least = {
        (3,): "APP",
        (4,): "FAC",
        (9, 1): code,
        (9, 2): trigger,
        (9, 3): structure,
        (10,): "ID1",
        (11,): "P",
        (12,): "2.8",
    }
    there = {numbers[0] for numbers in texts}
    every = {
        **{numbers: text for numbers, text in least.items() if numbers[0] not in there or numbers[0] == _TYPE},
        **texts,
    }
    cells = [
        _field({numbers[1:]: text for numbers, text in every.items() if numbers[0] == at})
        for at in range(3, max(n[0] for n in every) + 1)
    ]
    return "|".join(["MSH", "^~\\&", *cells])


def _field(texts: dict[tuple[int, ...], str]) -> str:
    """Join components and sub-components; the text of the whole stands first."""
    if set(texts) == {()}:
        return texts[()]
    made: dict[int, dict[int, str]] = {}
    for numbers, text in sorted(texts.items()):
        component, sub = (*numbers, 1, 1)[:2]
        if text or (component, sub) != (1, 1):
            made.setdefault(component, {})[sub] = text
    pieces = [
        re.sub(
            "&+$",
            "",
            "&".join(made.get(at, {}).get(sub, "") for sub in range(1, max(made.get(at, {1: ""}), default=1) + 1)),
        )
        for at in range(1, max(made, default=0) + 1)
    ]
    return re.sub(r"\^+$", "", "^".join(pieces))
