"""Ids from names."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from samspil_core.identity import NAMESPACE, name_uuid

names = st.lists(st.text(max_size=8), max_size=4).map(tuple)


@given(names)
def test_equals_uuid5(parts):
    """The id is the version 5 UUID that the standard library makes of the same name."""
    name = "".join(f"{len(part)}:{part}" for part in parts)
    assert name_uuid(*parts) == str(uuid5(NAMESPACE, name))


@given(names, names)
def test_different_parts(one, two):
    """Two names have one id only when all their parts are equal."""
    assert (name_uuid(*one) == name_uuid(*two)) == (one == two)


def test_parts_do_not_run_together():
    """Where one part ends and the next begins matters."""
    assert len({name_uuid("ab", "c"), name_uuid("a", "bc"), name_uuid("abc"), name_uuid("1:a2:bc")}) == 4


def test_permanent():
    """An id once given is given forever."""
    assert name_uuid("Patient", "1") == "1925fd96-b79a-537e-80f2-555a9a8e6caa"
    assert UUID(name_uuid()).version == 5
