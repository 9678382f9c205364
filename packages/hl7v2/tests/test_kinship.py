"""Lines of a function go together where they look into the same recurring texts, and are remembered by few of them."""

import pytest

from samspil_hl7v2.shapes.kinship import Group, Kinship
from samspil_hl7v2.shapes.recorder import Recorder

READS = [
    "v1 = X.head",
    "v2 = L[1].split('|')",
    "v3 = v2[3].split('^')",
    "v4 = v3[3].split('&')",
    "v5 = L[2].split('|')",
]
SENDER = ["v11 = v1[2] + '|'", "v12 = K1(v11)", "v13 = K2(v12, v1[3])"]


def groups(lines: list[str], *recurring: str) -> list[Group]:
    return Kinship(READS, [*lines, "return v1[9]"], set(recurring)).groups


@pytest.mark.parametrize(
    ("lines", "texts"),
    [
        (["v21 = K1(v3[2])", "v22 = K2(v21, v3[0])"], ["v2[3]"]),
        (["v21 = K1(v3[2])", "v22 = K2(v21, v3[4])"], ["v3[2]", "v3[4]"]),
        (["v21 = K1(v4[1])", "v22 = K2(v21, v4[2])"], ["v3[3]"]),
        (["v21 = K1(v2[5])", "v22 = K2(v21)"], ["v2[5]"]),
    ],
    ids=["code and system", "parts", "authority", "field"],
)
def test_what_a_result_is_remembered_by(lines: list[str], texts: list[str]) -> None:
    """A coded value and an authority as a whole, other texts one by one."""
    (group,) = groups(lines, "v21", "v22")
    assert list(group.texts) == texts
    assert group.lines == [0, 1]


def test_the_header_comes_first_and_others_rest_on_it() -> None:
    """What is made of the sender alone is one group; what is made of it and a ward is remembered by both."""
    lines = [*SENDER, "v21 = K1(v2[5])", "v22 = K3(v21, v11)"]
    header, ward = groups(lines, "v12", "v22", "v21")
    assert (header.made, list(header.texts)) == ({"v11", "v12", "v13"}, ["v1[2]", "v1[3]"])
    assert (ward.made, list(ward.texts)) == ({"v21", "v22"}, ["v2[5]", "v11"])


def test_what_the_message_says_elsewhere_is_not_remembered() -> None:
    """A result that rests on a text that does not recur, or on the setting, belongs to no group."""
    lines = [*SENDER, "v21 = K1(v12, v2[7])", "v22 = K2(v21)", "v23 = K3(v11, X.codec)"]
    (header,) = groups(lines, "v12")
    assert header.made == {"v11", "v12", "v13"}


def test_a_result_of_many_texts_is_not_remembered() -> None:
    """Five texts seldom recur together."""
    lines = [f"v2{at} = K1(v5[{at}])" for at in range(5)] + ["v31 = K2(v20, v21, v22, v23, v24)", "v32 = K3(v31)"]
    assert groups(lines, "v31", "v32") == []


def test_pieces_of_text_of_one_group_are_put_together_there() -> None:
    """They stand as one value in the text of the message, which is the same as without."""
    recorder = Recorder()
    assert recorder.read("L[0].split('|')") == "v1"
    names = [
        recorder.outcome(f"{recorder.constant(each)}(v1[1])", "A", recurring=True).name
        for each in (str.upper, str.lower)
    ]
    text = f"('<' f'{{v1[2]}}' '>' f'{{{names[0]}}}' '-' f'{{{names[1]}}}' ';' f'{{v1[1]}}' '.' f'{{v1[2]}}' '\\'')"
    source = recorder.function(recorder.straight(text))
    space = dict(recorder.constants)
    exec(source, space)  # noqa: S102  made of the lines above
    assert source.count("f'{") == 3
    for code in ("aB", "cD", "aB"):
        assert space["shape"]([f"PID|{code}|x"], [], None) == f"<x>{code.upper()}-{code.lower()};{code}.x'"
