"""What is sent: message `number` of sender `sender`, the same bytes every time it is asked for."""

import base64
import random
from functools import cache
from typing import Literal, NamedTuple

Kind = Literal["ADT", "ORU", "long ORU", "document", "unknown type", "odd", "no MSH"]
_KINDS: tuple[tuple[Kind, float], ...] = (
    ("ADT", 0.6203),
    ("ORU", 0.35),
    ("odd", 0.01),
    ("unknown type", 0.008),
    ("no MSH", 0.007),
    ("document", 0.0045),
    ("long ORU", 0.0002),
)
REPEATED, OLD_REPEATED, ENHANCED = 0.02, 0.005, 0.1
_DOCUMENT, _LONG = 360_000, 480_000
_SURNAMES = ("Hansen", "Jensen", "Sørensen", "Lund", "Møller", "Holm", "Juhl", "Krogh", "Bach", "Dahl", "Friis", "Kjær")
_GIVEN = ("Karen", "Peter", "Anna", "Lars", "Mette", "Jens", "Kirsten", "Niels", "Hanne", "Ole", "Birte", "Erik")
_TESTS = ("718-7^Hemoglobin^LN", "2345-7^Glucose^LN", "2160-0^Creatinine^LN", "2951-2^Sodium^LN", "6690-2^WBC^LN")


class Message(NamedTuple):
    """A message and what it is; `repeat` says whether it is to be sent twice on purpose."""

    data: bytes
    kind: Kind
    repeat: bool


def facility(sender: int) -> tuple[str, str]:
    """MSH-3 and MSH-4 of a sender."""
    return f"APP{sender:02}", f"HOSP{sender:02}"


def old_repeat(seed: int, sender: int, number: int) -> bool:
    """Whether an old message is sent again, on purpose, after this one."""
    return random.Random(f"{seed}/{sender}/{number}/old").random() < OLD_REPEATED


def message(seed: int, sender: int, number: int) -> Message:
    """Give a message. Control ids are the numbers: every sender uses the same ones."""
    chance = random.Random(f"{seed}/{sender}/{number}")
    kind = chance.choices([kind for kind, _ in _KINDS], [share for _, share in _KINDS])[0]
    lines = {
        "ADT": _adt,
        "ORU": _oru,
        "long ORU": _long_oru,
        "document": _document,
        "unknown type": _unknown,
        "odd": _odd,
        "no MSH": _no_msh,
    }[kind](chance, sender, number)
    data = "".join(line + "\r" for line in lines).encode("utf-8")
    return Message(data, kind, chance.random() < REPEATED)


def _msh(chance: random.Random, sender: int, number: int, kind: str) -> str:
    app, place = facility(sender)
    accept = "|AL|NE" if chance.random() < ENHANCED else "|"
    return f"MSH|^~\\&|{app}|{place}|FHIR|REGION|{_time(chance)}||{kind}|{number}|P|2.5|||{accept}|||UNICODE UTF-8"


def _time(chance: random.Random) -> str:
    return f"2026{chance.randint(1, 12):02}{chance.randint(1, 28):02}{chance.randint(0, 23):02}{chance.randint(0, 59):02}00"


def _person(chance: random.Random, sender: int) -> list[str]:
    number, born = (
        chance.randint(1, 50_000),
        f"{chance.randint(1925, 2020)}0{chance.randint(1, 9)}1{chance.randint(0, 9)}",
    )
    name = f"{chance.choice(_SURNAMES)}^{chance.choice(_GIVEN)}"
    home = f"Nygade {chance.randint(1, 200)}^^Aarhus^^{chance.randint(1000, 9990)}^DNK"
    place = facility(sender)[1]
    bed = f"W{chance.randint(1, 9)}^{chance.randint(1, 40)}^1^{place}"
    visit = f"PV1|1|{chance.choice('IOE')}|{bed}||||{chance.randint(100, 140)}^Lind^Karl"
    return [
        f"PID|1||{number}^^^{place}^PI||{name}||{born}|{chance.choice('MF')}|||{home}||+45 {chance.randint(20000000, 99999999)}",
        f"{visit}|||MED||||1||||V{number}^^^{place}|||||||||||||||||||||||||{_time(chance)}",
    ]


def _adt(chance: random.Random, sender: int, number: int) -> list[str]:
    event = chance.choice(("A01", "A02", "A03", "A04", "A08"))
    more = [
        f"NK1|1|{chance.choice(_SURNAMES)}^{chance.choice(_GIVEN)}|SPO^Spouse^HL70063||+45 {chance.randint(20000000, 99999999)}",
        f"AL1|1|DA|J01CE^Penicillin^ATC|MO|rash|2019{chance.randint(1, 9):02}01",
        f"DG1|1||DJ18{chance.randint(0, 9)}^Pneumonia^ICD10||{_time(chance)}|A",
    ]
    head = [_msh(chance, sender, number, f"ADT^{event}"), f"EVN|{event}|{_time(chance)}"]
    return head + _person(chance, sender) + more[: chance.randint(0, 3)]


def _oru(chance: random.Random, sender: int, number: int) -> list[str]:
    return _order(chance, sender, number) + [_obx(chance, at) for at in range(1, chance.randint(4, 14))]


def _order(chance: random.Random, sender: int, number: int) -> list[str]:
    order = f"{sender}{number}"
    times = f"{_time(chance)}|||||||{_time(chance)}"
    return [
        _msh(chance, sender, number, "ORU^R01^ORU_R01"),
        *_person(chance, sender),
        f"ORC|RE|P{order}|F{order}",
        f"OBR|1|P{order}|F{order}|24323-8^Panel^LN|||{times}||||||||{_time(chance)}||LAB|F",
    ]


def _obx(chance: random.Random, at: int) -> str:
    value = f"{chance.randint(1, 200)}.{chance.randint(0, 9)}"
    return f"OBX|{at}|NM|{chance.choice(_TESTS)}|{at}|{value}|mmol/L^mmol/L^UCUM|1-200|N|||F|||2026010112{at % 60:02}"


def _long_oru(chance: random.Random, sender: int, number: int) -> list[str]:
    rows = [_obx(chance, at) for at in range(100)]
    return _order(chance, sender, number) + [rows[at % 100] for at in range(_LONG // (len(rows[0]) + 1))]


def _document(chance: random.Random, sender: int, number: int) -> list[str]:
    mark = base64.b64encode(chance.randbytes(30)).decode()
    return [
        *_order(chance, sender, number),
        f"OBX|1|ED|11502-2^Report^LN||^application^pdf^Base64^{mark}{_pages()}||||||F",
    ]


@cache
def _pages() -> str:
    return base64.b64encode(random.Random(1).randbytes(_DOCUMENT)).decode()


def _unknown(chance: random.Random, sender: int, number: int) -> list[str]:
    return [_msh(chance, sender, number, "ZZZ^Z99"), *_person(chance, sender), "ZZZ|1|of the site's own"]


def _odd(chance: random.Random, sender: int, number: int) -> list[str]:
    """A message that is read, whose content is wrong: impossible dates, no OBX-2, escapes without an end, noise."""
    wrong = [
        "PID|||^^^^^~~~||^|X|19991399|Q",
        "OBX|1||718-7^Hb^LN||\\X0|\\Hnot ended",
        "PV1",
        "|||",
        "OBX|2|NM|||seven",
    ]
    return [_msh(chance, sender, number, "ORU^R01"), *chance.sample(wrong, 3), f"NTE|1||{chance.random()}\x07"]


def _no_msh(chance: random.Random, sender: int, number: int) -> list[str]:
    return [f"PID|1||{sender}-{number}-{chance.randint(0, 10**9)}"]
