"""NDJSON: one bad line never loses its neighbours."""

from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_core.jsontext import NotWritable
from samspil_core.ndjson import Line, read, write

resources = st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))


@given(resources)
def test_round_trip(some):
    """What is written is read back, a resource a line."""
    stream = BytesIO()
    assert write(stream, some) == len(some)
    stream.seek(0)
    assert list(read(stream)) == [Line(number, resource) for number, resource in enumerate(some, 1)]


def test_bad_lines():
    """A bad line gives a finding with its number, and the others are read."""
    stream = BytesIO(b'{"a":1.50}\n\n{"name":"Nancy"\r\n  \n[1]\n{"b":2}')
    lines = list(read(stream))
    assert [line.number for line in lines] == [1, 3, 5, 6]
    assert [line.resource for line in lines] == [{"a": Decimal("1.50")}, None, None, {"b": 2}]
    assert [line.issue and line.issue.code for line in lines] == [None, "SAM-CORE-001", "SAM-CORE-002", None]
    assert "Line 3 is not JSON" in lines[1].issue.text
    assert "Linje 5" in lines[2].issue.in_danish().text
    assert "Nancy" not in repr(lines[1])


def test_text_stream():
    """Lines of str are read too."""
    assert [line.resource for line in read(['{"a":1}\n'])] == [{"a": 1}]


def test_streaming():
    """A line is read only when it is asked for."""

    def lines():
        yield b"{}"
        raise AssertionError

    assert next(read(lines())) == Line(1, {})


def test_not_writable():
    """A resource that cannot be written raises, and those before it are written."""
    stream = BytesIO()
    with pytest.raises(NotWritable):
        write(stream, [{"a": 1}, {"a": 1.5}])
    assert stream.getvalue() == b'{"a":1}\n'
