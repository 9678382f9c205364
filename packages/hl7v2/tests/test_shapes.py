"""A message converted by the function of its shape becomes the same, byte for byte, as one that the engine converts."""

import random
import string
from datetime import UTC, datetime
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samspil_core.jsontext import dumps
from samspil_hl7v2 import convert, rules
from samspil_hl7v2.engine import Carried, Later, Wish, carry
from samspil_hl7v2.mapping.sets import Mapping, shipped_mapping
from samspil_hl7v2.message import Plain, parse_plain, read_plain
from samspil_hl7v2.shapes import shelf as shelves
from samspil_hl7v2.shapes.conversion import carried, run
from samspil_hl7v2.shapes.recorder import Recorder
from samspil_hl7v2.shapes.recording import record
from samspil_hl7v2.shapes.replica import RecordingContext
from samspil_hl7v2.shapes.shelf import Shelf
from samspil_hl7v2.shapes.sketch import sketch_of
from samspil_hl7v2.shapes.stand_ins import rule

ADT = "\r".join(  # noqa: FLY002  a line is a segment
    [
        r"MSH|^~\&|PAS|TH|HUB|REG|20240315093000+0100||ADT^A01^ADT_A01|1|P|2.5.1",
        "EVN|A01|20240315093000",
        "PID|1||2512489996^^^CPR&1.2.208.176.1.2&ISO^NNDNK~44871^^^TH^MR||Berggren^Nancy Ann||19481225|F|||Vej 1^^Aarhus^^8000",
        "NK1|1|Berggren^Max|SPO^Spouse^HL70063||+4512345678",
        "PV1|1|I|W1^2^3^TH||||1234^Dahl^Bo~5678^Holm^Ida|||MED||||||||V77^^^TH|||||||||||||||||||||||||20240315080000",
        "AL1|1|DA|P1^Penicillin^L|SV|Rash\\T\\itch",
        "ZDK|1|Mors",
    ]
)
ORU = "\r".join(  # noqa: FLY002  a line is a segment
    [
        r"MSH|^~\&|LAB|TH|HUB|REG|20240315093000+0100||ORU^R01^ORU_R01|2|P|2.5.1",
        "PID|||2512489996^^^CPR&1.2.208.176.1.2&ISO^NNDNK||Berggren^Nancy Ann||19481225|F",
        "OBR|1|P1|F1|NPU02319^Hemoglobin^NPU|||202403150800||||||||5678^Holm^Ida",
        "OBX|1|NM|NPU02319^Hemoglobin^NPU||7.4|mmol/L^^UCUM|7.3-9.5|N|||F|||20240315",
        'OBX|2|ST|1234-5^Remark^LN||not "so" bad|""||^^|||F',
        "OBX|3|CWE|1234-6^Blood group^LN||A^A pos^L   ||||||F",
        "NTE|1||a note |",
    ]
)
TEXTS = st.text("abcXYZ019 .-/æ日", min_size=1, max_size=8) | st.sampled_from(
    [
        "20240315",
        "202403150930",
        "2024031509301560",
        "0",
        "-1.50",
        "1e5",
        "NM",
        "ST",
        "F",
        "M",
        "MR",
        "P",
        "system",
        "1.2.3.4.5",
    ]
)


def plain_of(data: bytes | str) -> Plain | None:
    plain = read_plain(data)
    return plain if isinstance(plain, Plain) else None


def wish(*, with_lineage: bool = False, timezone: str | None = "Europe/Copenhagen") -> Wish:
    return Wish(shipped_mapping(), timezone, "transaction", with_lineage, None)


def same(one: Carried, other: Carried) -> bool:
    """Whether two conversions say the same, as text, as bundle, in report, lineage and findings."""
    assert isinstance(one.bundle, Later)
    bundle = one.bundle.make()
    return one.json() == other.json() == dumps(bundle) and bundle == other.bundle and one[1:] == other[1:]


def recorded(plain: Plain, asked: Wish) -> Carried | None:
    """A message converted by the function made of it; None where it has no shape."""
    sketch = sketch_of(plain, asked)
    shape = record(parse_plain(plain), sketch) if sketch is not None else None
    if sketch is None or shape is None:
        return None
    made = run(shape, sketch)
    assert made is not None, "a function refuses the message it was made of"
    return made


@pytest.mark.parametrize("with_lineage", [False, True], ids=["plain", "lineage"])
def test_each_message_of_the_corpora_becomes_the_same(corpus, origin, with_lineage) -> None:
    """The function made of a message gives its bundle, report and findings, of each fourth also lineage, as the engine does."""
    asked = wish(with_lineage=with_lineage)
    step = 4 if with_lineage else 1
    for raw in islice(corpus.messages(origin), 0, None, step):
        plain = plain_of(raw.data)
        if plain is not None and sketch_of(plain, asked) is not None:
            made, message = recorded(plain, asked), parse_plain(plain)
            odd = len(message.issues) > len(plain.issues) or len(message.segments) <= plain.text.count("\r")
            odd = odd or any(character < " " and character != "\r" for character in plain.text)
            assert (made is None) == odd, f"{raw.source}: a message without findings has a shape, another has none"
            assert made is None or same(made, carry(message, asked)), raw.source


def test_another_message_of_the_shape_becomes_the_same(corpus, origin) -> None:
    """Other values in the same positions are converted as the engine converts them, or the function refuses."""
    chance, asked = random.Random(20240315), wish()
    for raw in corpus.messages(origin):
        plain = plain_of(raw.data)
        sketch = sketch_of(plain, asked) if plain is not None else None
        shape = record(parse_plain(plain), sketch) if plain is not None and sketch is not None else None
        if plain is None or sketch is None or shape is None:
            continue
        other = plain._replace(text=changed(plain.text, chance))
        drawn = sketch_of(other, asked)
        if drawn is not None and drawn.key == sketch.key and (made := run(shape, drawn)) is not None:
            assert same(made, carry(parse_plain(other), asked)), raw.source


def changed(text: str, chance: random.Random) -> str:
    """The text with about one in three of its digits and letters another one; the first line as it is."""
    first, *lines = text.split("\r")
    return "\r".join([first, *(line[:4] + "".join(_changed(each, chance) for each in line[4:]) for line in lines)])


def _changed(character: str, chance: random.Random) -> str:
    if chance.random() < 2 / 3:
        return character
    return chance.choice(string.digits if character.isdigit() else "ABMNST") if character.isalnum() else character


@settings(deadline=None, max_examples=120)
@given(st.sampled_from([ADT, ORU]), st.lists(st.tuples(st.integers(0, 200), TEXTS), max_size=12), st.booleans())
def test_any_values_become_the_same(base: str, changes: list[tuple[int, str]], with_lineage: bool) -> None:
    """Whatever values stand in a message, a function made of another one of its outline agrees with the engine, or refuses."""
    parts = split(base)
    for at, text in changes:
        places = [number for number, part in enumerate(parts) if part and part not in "|^~&\r\\" and number > 40]
        parts[places[at % len(places)]] = text
    plain, asked = Plain("".join(parts).rstrip(), "utf-8", ()), wish(with_lineage=with_lineage)
    expected = carry(parse_plain(plain), asked)
    own = recorded(plain, asked)
    assert own is None or same(own, expected)
    sketch, before = sketch_of(plain, asked), sketch_of(Plain(base, "utf-8", ()), asked)
    if sketch is not None and before is not None and sketch.key == before.key:
        made = run(record(parse_plain(before.plain), before), sketch)
        assert made is None or same(made, expected)


def split(text: str) -> list[str]:
    """The text in values and delimiters."""
    parts = [""]
    for character in text:
        if character in "|^~&\r\\" or (parts[-1] and parts[-1] in "|^~&\r\\"):
            parts.append(character)
        else:
            parts[-1] += character
    return parts


@pytest.mark.parametrize(
    ("old", "new"),
    [("|NM|", "|ST|"), ("|7.4|", "|abc|"), ("20240315\r", "20241315\r"), ("|N||", "|Q||"), ("|F|||2024", "|C|||2024")],
)
def test_a_text_that_chooses_rows_makes_another_shape(old, new) -> None:
    """A function refuses a message of its outline whose codes or values lead elsewhere, or does what the engine does."""
    before = sketch_of(Plain(ORU, "ascii", ()), wish())
    after = sketch_of(Plain(ORU.replace(old, new), "ascii", ()), wish())
    assert before is not None
    assert after is not None
    assert before.key == after.key
    made = run(record(parse_plain(before.plain), before), after)
    assert made is None or same(made, carry(parse_plain(after.plain), wish()))


@pytest.fixture
def mapping() -> Mapping:
    """The shipped tables, with no shape seen yet."""
    shipped = shipped_mapping()
    return Mapping(shipped.layers, shipped.tables, shipped.programs)


def test_the_fourth_message_of_a_shape_is_converted_by_its_function(mapping) -> None:
    """The third message makes the function, the fourth uses it."""
    asked = Wish(mapping, None, "collection", with_lineage=False, now=None)
    texts = [ADT.replace("V77", f"V{number}") for number in (1, 2, 3, 4)]
    made = [carried(Plain(text, "ascii", ()), asked) for text in texts]
    assert [isinstance(each.bundle, Later) for each in made] == [False, False, False, True]
    assert made[3].json() == carry(parse_plain(Plain(texts[3], "ascii", ())), asked).json()


@pytest.mark.parametrize(
    "choice",
    [
        {"timezone": "Asia/Tokyo"},
        {"timezone": None},
        {"bundle_type": "collection"},
        {"now": datetime(2024, 5, 1, tzinfo=UTC)},
        {"with_lineage": True},
    ],
    ids=str,
)
def test_what_the_caller_asks_for_is_part_of_the_shape(mapping, choice) -> None:
    """A function made for one zone, type of bundle or time of conversion is not used for another."""
    for _ in range(4):
        convert(ADT, mapping=mapping, timezone="Europe/Copenhagen")
    asked = {"timezone": "Europe/Copenhagen", **choice}
    for _ in range(4):
        made = convert(ADT, mapping=mapping, **asked)
    fresh = convert(ADT, mapping=Mapping(mapping.layers, mapping.tables, mapping.programs), **asked)
    assert (made.json(), made.report, made.lineage) == (fresh.json(), fresh.report, fresh.lineage)


def test_a_rule_of_constants_is_asked_once_unless_it_looks_at_the_context() -> None:
    """What it gives stands in the function then; the time of conversion, which a rule reads from the context, does not."""
    recorder = Recorder()
    x = RecordingContext("ascii", None, "", "2024-05-01", {})
    assert rule(recorder, rules.street_line)(x, "Main Street", "", "") == "Main Street"
    assert not recorder.lines
    assert rule(recorder, rules.now)(x, "").at_hand == "2024-05-01"
    assert recorder.lines


def test_a_bundle_is_one_object_and_json_follows_it(mapping) -> None:
    """What a caller changes in a bundle stands in its JSON text, and in no other message's bundle."""
    made = [convert(ADT, mapping=mapping) for _ in range(5)]
    before = made[4].json()
    made[3].bundle["entry"].clear()
    assert made[3].bundle is made[3].bundle
    assert made[3].json() != before
    assert made[4].json() == before == dumps(made[4].bundle)


@pytest.mark.parametrize("table", ["^$&@", "~%|!", "&#"], ids=str)
def test_separators_of_ones_own(table) -> None:
    """Other separators than the usual ones are another shape."""
    for base in (ADT, ORU):
        text = base.translate(str.maketrans(table[::2], table[1::2]))
        made = recorded(Plain(text, "ascii", ()), wish())
        assert made is not None
        assert same(made, carry(parse_plain(Plain(text, "ascii", ())), wish()))


def test_findings_of_reading_stay(mapping) -> None:
    """What was found when the bytes were read belongs to the message, not to its shape."""
    odd = ADT.replace("Aarhus", "Århus").encode("latin-1")
    plain = [convert(data, mapping=mapping).issues for data in (ADT.encode(), odd) * 4]
    assert plain[-2] == plain[0]
    assert plain[-1] == plain[1]
    assert [issue.code for issue in plain[1]] != [issue.code for issue in plain[0]]


@pytest.mark.parametrize(
    "text",
    [
        ADT.replace("|^~\\&|", "|^~\\~|", 1),
        ADT.replace("Dahl", "\u00a0"),
        ADT + "\rZZZ|" + "x" * 20_000,
        ADT.split("|P|")[0],
        ADT.replace("Mors", '"" |1'),
        ADT.replace("PAS", '""'),
    ],
    ids=["two separators alike", "rare blank", "long", "short MSH", "null with a blank", "null sender"],
)
def test_what_has_no_shape_is_converted_by_the_engine(mapping, text) -> None:
    """Rare kinds of messages go the general way, as often as they come."""
    asked = Wish(mapping, None, "transaction", with_lineage=False, now=None)
    plain = plain_of(text)
    assert plain is not None
    assert sketch_of(plain, asked) is None
    assert not isinstance([carried(plain, asked) for _ in range(4)][-1].bundle, Later)


def test_the_shelf_is_bounded() -> None:
    """Functions are kept up to a size, those last used; of an outline there are few, and few counts of what came by."""
    shelf = Shelf()
    for number in range(30):
        for _ in range(shelves.VARIANTS):
            shelf.add(number, shelves.Shape(str, str, number, shelves.MOST // 40))
            shelf.find(0)
    assert sum(each.size for found in shelf.shapes.values() for each in found) == shelf.size <= shelves.MOST
    assert len(shelf.shapes) == 40 // shelves.VARIANTS
    assert shelf.find(1) == ()
    assert len(shelf.find(0)) == len(shelf.find(29)) == shelves.VARIANTS
    assert not shelf.worth(29)
    for number in range(2 * shelves.REMEMBERED):
        shelf.worth(f"seen once {number}")
    assert len(shelf.counts) <= shelves.REMEMBERED


def test_functions_are_made_on_credit_first_and_later_when_they_pay() -> None:
    """Until the credit is used up the third message of a shape makes its function, then the one by which it pays off."""
    shelf = Shelf()
    thirds = [[shelf.worth(number) for _ in "123"] for number in range(100)]
    assert all(third == [False, False, True] for third in thirds[:64])
    assert [False, False, False] in thirds[64:]
    late = [shelf.worth("late") for _ in range(shelves.PRICE)]
    assert late.index(True) <= shelves.PRICE - 1
