"""The JSON seam: both writers write the same bytes, and what is written is read back."""

import json
import subprocess
import sys
from collections import namedtuple
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_core import json_writer, jsontext
from samspil_core.jsontext import NotJson, NotWritable, dumps, loads

try:
    from samspil_core import orjson_writer
except ImportError:
    orjson_writer = None

needs_orjson = pytest.mark.skipif(orjson_writer is None, reason="the extra `speed` is not installed")

decimals = st.decimals(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | st.integers() | st.text() | decimals
# Text made of what looks like a number or a null when one is not careful.
tricky = st.text('":,.[]{}enE019-+ \\ tfu', max_size=8)
values = st.recursive(
    scalars | tricky, lambda inner: st.lists(inner) | st.dictionaries(st.text() | tricky, inner), max_leaves=20
)
floats = st.floats()
values_with_floats = st.recursive(
    scalars | tricky | floats, lambda inner: st.lists(inner) | st.dictionaries(tricky, inner), max_leaves=10
)


class Word(StrEnum):
    ONE = "one"


class Number(IntEnum):
    ONE = 1


class Mixed(Enum):
    PAIR = ("a", Decimal("1.0"))
    FLOAT = 1.5


class Text(str):
    __slots__ = ()


@dataclass
class Data:
    a: int = 1


Pair = namedtuple("Pair", "a b")  # noqa: PYI024  the untyped kind too

WRITABLE = [
    None,
    True,
    0,
    -1,
    2**63,
    2**64,
    10**4000,
    "",
    'quote " backslash \\ slash / control \x00\x1f\x7f\b\f\n\r\t line \u2028 æøå \U0001f600',
    [],
    {},
    (),
    [[], {}, ()],
    {"a": (1, 2)},
    Decimal("1.50"),
    Decimal("-0"),
    Decimal("-0.00"),
    Decimal("1E+2"),
    Decimal("1E-9"),
    {"a": Decimal(5), "b": None, "c": [Decimal("0.10"), None]},
    {"a": "1.5", "b": "http://hl7.org", "c": '":1.5', "d": ",1.5", "e": "[1e5"},
    {"": 1, '"': 2, "æ": 3},
    {"a": Word.ONE, "b": Number.ONE, "c": Mixed.PAIR},
    UUID(int=1),
    {"a": [UUID(int=1)]},
    Text("text"),
    {Text("key"): 1},
    {Word.ONE: 1},
]

REFUSED = [
    (1.5, "a float"),
    (float("nan"), "a float"),
    ({"a": 1.0}, "a float; use decimal.Decimal, which stays exact, at a"),
    ({"a": float("nan")}, "a float"),
    ({"a": float("inf")}, "a float"),
    ([1e300], "a float"),
    ([1, -1e-7], "a float"),
    ([Decimal("1.5"), 1.5], "a float"),
    ({"a": Decimal("1.5"), "b": {"c": [0, 1e16]}}, r"a float; .*, at b\.c\[1\]"),
    (Mixed.FLOAT, "a float"),
    ({"a": Mixed.FLOAT}, "a float"),
    (Decimal("NaN"), "NaN or Infinity"),
    ([Decimal("Infinity")], "NaN or Infinity"),
    ("\ud800", "a lone surrogate"),
    ({"a": ["\udc00"]}, r"a lone surrogate.*, at a\[0\]"),
    ({"\ud800": 1}, "a lone surrogate"),
    (10**5000, "more than 4300 digits"),
    ({1: 2}, "a key of type int"),
    ({None: 2}, "a key of type NoneType"),
    ({"a": {(1, 2): 1}}, "a key of type tuple, and keys are str, at a"),
    ({1, 2}, "a value of type set"),
    (b"x", "a value of type bytes"),
    (object(), "a value of type object"),
    (datetime(2020, 1, 1, tzinfo=UTC), "a value of type datetime"),
    (Data(), "a value of type Data"),
    (Pair(1, 2), "a value of type Pair"),
    ({"a person's name": 1.5}, r"at \?$"),
]


@pytest.fixture(params=[pytest.param("orjson", marks=needs_orjson), "standard library"])
def _each_writer(request, monkeypatch):
    if request.param == "standard library":
        monkeypatch.setattr(jsontext, "_write_fast", None)


def nested(levels: int) -> list[object]:
    value: list[object] = []
    for _ in range(levels - 1):
        value = [value]
    return value


def written(writer, value):
    try:
        return writer.dumps(value)
    except NotWritable as fault:
        return str(fault)


@needs_orjson
@pytest.mark.parametrize("value", WRITABLE, ids=range(len(WRITABLE)))
def test_same_bytes(value):
    """Both writers write the same bytes for everything that can be written."""
    assert orjson_writer.dumps(value) == json_writer.dumps(value)


@pytest.mark.parametrize(("value", "why"), REFUSED, ids=range(len(REFUSED)))
@pytest.mark.usefixtures("_each_writer")
def test_refused(value, why):
    """What JSON cannot hold exactly is refused, with the same words by both writers."""
    with pytest.raises(NotWritable, match=why):
        dumps(value)


@needs_orjson
@given(values)
def test_same_bytes_for_any_value(value):
    """Both writers write the same bytes for any value, and reading gives the value back."""
    text = json_writer.dumps(value)
    assert orjson_writer.dumps(value) == text
    assert loads(text) == value
    assert json_writer.dumps(loads(text)) == text


@needs_orjson
@given(values_with_floats)
def test_same_answer_with_floats(value):
    """A float anywhere is refused by both writers with the same words."""
    assert written(orjson_writer, value) == written(json_writer, value)


@needs_orjson
@given(values_with_floats.filter(lambda value: isinstance(value, list | dict)))
def test_no_float_gets_through(value):
    """The quick look at the text never misses a float."""
    if not orjson_writer._is_exact(value):
        assert isinstance(written(orjson_writer, value), str)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_as_the_standard_library(value):
    """Without decimals, the text is that of `json.dumps`, plain and pretty."""
    assert dumps(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    assert dumps(value, pretty=True) == json.dumps(value, ensure_ascii=False, indent=2).encode()


@given(values)
def test_pretty_reads_the_same(value):
    """Pretty text holds the same value."""
    assert loads(dumps(value, pretty=True)) == value


@pytest.mark.usefixtures("_each_writer")
def test_decimals_to_the_last_zero():
    """The zeros of a decimal are written and read."""
    value = {"value": Decimal("1.500"), "list": [Decimal("0.00"), 1, Decimal("1E+2")]}
    text = b'{"value":1.500,"list":[0.00,1,1E+2]}'
    assert dumps(value) == text
    assert str(loads(text)["value"]) == "1.500"
    assert dumps(loads(text)) == text


@pytest.mark.usefixtures("_each_writer")
def test_nested_values():
    """200 levels are written, and far more are refused."""
    assert dumps(nested(200)) == b"[" * 200 + b"]" * 200
    with pytest.raises(NotWritable, match="nested too deeply"):
        dumps(nested(100_000))


@pytest.mark.usefixtures("_each_writer")
def test_value_in_itself():
    """A value that contains itself is refused."""
    value: dict[str, object] = {}
    value["a"] = [value]
    with pytest.raises(NotWritable, match="contains itself"):
        dumps(value)


def test_fault_holds_no_value():
    """The error tells where the fault is, and nothing of the value."""
    with pytest.raises(NotWritable) as caught:
        dumps({"entry": [{"resource": {"value": "x", "odd key": {"secret": {"Nancy"}}}}]})
    assert caught.value.where == "entry[0].resource.?.secret"
    assert "Nancy" not in str(caught.value)


@pytest.mark.parametrize(
    "data", [b'{"a":1.50}', '{"a":1.50}', b'\xef\xbb\xbf{"a":1.50}', '\ufeff{"a":1.50}', b' {"a" :\n1.50 }\r\n']
)
def test_read(data):
    """Bytes and str are read, with or without a byte order mark."""
    assert loads(data) == {"a": Decimal("1.50")}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0", Decimal("1.0")),
        ("1e5", Decimal("1e5")),
        ("12345678901234567890123", 12345678901234567890123),
        ("-0", 0),
        ('{"a":1,"a":2}', {"a": 2}),
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\\ud800"', "\\ud800"),
    ],
)
def test_read_value(text, value):
    """Numbers with a fraction or an exponent are Decimal, others int; the last of duplicate keys wins."""
    read = loads(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("data", "line", "column", "why"),
    [
        (b"", 1, 1, "Expecting value"),
        (b'{"a":1,\n "b" 2}', 2, 6, "Expecting ':' delimiter"),
        (b'{"a":NaN}', 1, 1, "NaN"),
        (b"-Infinity", 1, 1, "NaN"),
        (b'{"a":"\xff"}', 1, 7, "not UTF-8"),
        (b'{\n"\xc3\xa6":"\xc3"}', 2, 6, "not UTF-8"),
        ('"\ud800"', 1, 2, "not UTF-8"),
        (rb'"a\ud800"', 1, 3, "a lone surrogate"),
        (rb'"\udc00\ud800"', 1, 2, "a lone surrogate"),
        (rb'"\ud83d\ude00\ud83dx"', 1, 14, "a lone surrogate"),
        (b"[\n" + b"1" * 5000 + b"]", 2, 1, "more than 4300 digits"),
        (b"1e99999999999999999999", 1, 1, "an exponent"),
        (b"[" * 100_000, 1, 1, "nested too deeply"),
        (b'"a\tb"', 1, 3, "Invalid control character at"),
        (b"[1,]", 1, None, ""),
        (b"{} {}", 1, 4, "Extra data"),
        (b'"\x00"'.decode().encode("utf-16"), 1, 1, "not UTF-8"),
        (b"[01]", 1, None, ""),
        (b"[1.]", 1, None, ""),
        (b"[+1]", 1, None, ""),
        (b"['a']", 1, None, ""),
    ],
    ids=range(21),
)
def test_not_json(data, line, column, why):
    """What is not JSON is refused, with its place."""
    with pytest.raises(NotJson) as caught:
        loads(data)
    assert caught.value.line == line
    assert column in (None, caught.value.column)
    assert why in caught.value.why


@pytest.mark.parametrize(
    "data", [b'{"name":"Nancy" x}', b'"Nancy\xff"', '"Nancy\ud800"', rb'"Nancy\ud800"', b"NaN Nancy"]
)
def test_not_json_holds_no_content(data):
    """The error holds nothing of the text, nor does any error that comes with it."""
    with pytest.raises(NotJson) as caught:
        loads(data)
    assert "Nancy" not in str(caught.value) + repr(caught.value)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


@given(st.binary() | st.text('{}[]":,.0123e\\ud8\n ', max_size=12).map(str.encode))
def test_any_bytes(data):
    """Any bytes are read, or refused as not JSON."""
    try:
        value = loads(data)
    except NotJson:
        return
    assert loads(dumps(value)) == value


def test_read_nested():
    """200 levels are read."""
    assert loads(b"[" * 200 + b"]" * 200) == nested(200)


def test_without_orjson():
    """The seam works where orjson is not installed."""
    code = (
        "import sys; sys.modules['orjson'] = None\n"
        "from samspil_core import jsontext\n"
        "assert jsontext._write_fast is None\n"
        "assert jsontext.dumps({'a': [1, None]}) == b'{\"a\":[1,null]}'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
