"""What functions of shapes make of texts that recur is remembered by these texts, and is what it would be without."""

from samspil_hl7v2.shapes import memory
from samspil_hl7v2.shapes.kinship import names
from samspil_hl7v2.shapes.memory import Helpers, OtherShapeError
from samspil_hl7v2.shapes.recorder import Recorder


class Calls:
    """A function that counts how often it is called."""

    def __init__(self, fails: str = "") -> None:
        self.count = 0
        self.fails = fails

    def __call__(self, text: str) -> str | None:
        self.count += 1
        return None if text == self.fails else text.upper()


def function(look_up: Calls, helpers: Helpers | None = None):
    """A function of a code in PID-2, which is looked up twice, and of a name in PID-3, which is not."""
    recorder = Recorder(helpers=helpers)
    assert recorder.read("L[0].split('|')") == "v1"
    once = recorder.outcome(f"{recorder.constant(look_up)}(v1[1])", "A", recurring=True)
    recorder.outcome(f"{recorder.constant(look_up)}({once.source()})", "A", recurring=True)
    name = recorder.compute("v1[2].strip()", "B")
    source = recorder.function(recorder.straight(f"({once.source()}, {name.source()})"))
    space = dict(recorder.constants)
    exec(source, space)  # noqa: S102  made two lines above

    def made(text: str) -> tuple[str, str] | None:
        try:
            return space["shape"]([text], [text], None)
        except OtherShapeError:
            return None

    return made


def test_what_is_made_of_a_text_is_made_once():
    look_up = Calls()
    made = function(look_up)
    assert [made("PID|a|x "), made("PID|a|y"), made("PID|b|y")] == [("A", "x"), ("A", "y"), ("B", "y")]
    assert look_up.count == 4


def test_shapes_share_what_they_remember():
    look_up, helpers = Calls(), Helpers()
    for made in (function(look_up, helpers), function(look_up, helpers)):
        assert made("PID|a|x") == ("A", "x")
    assert look_up.count == 2
    assert len(helpers.made) == 1


def test_other_functions_under_the_same_names_are_not_shared():
    helpers = Helpers()
    assert function(Calls(), helpers)("PID|a|x") == ("A", "x")
    assert function(Calls(fails="a"), helpers)("PID|a|x") is None


def test_a_text_that_is_of_another_shape_is_asked_about_each_time():
    look_up = Calls(fails="a")
    made = function(look_up)
    assert [made("PID|a|x"), made("PID|a|x"), made("PID|b|x")] == [None, None, ("B", "x")]


def test_no_more_is_remembered_than_is_kept(monkeypatch):
    monkeypatch.setattr(memory, "KEPT", 3)
    look_up, helpers = Calls(), Helpers()
    made = function(look_up, helpers)
    for number in range(20):
        assert made(f"PID|code{number}|x") == (f"CODE{number}", "x")
        (helper,) = helpers.made.values()
        assert len(helper) <= 3


def test_no_more_is_remembered_of_all_functions_than_is_kept(monkeypatch):
    monkeypatch.setattr(memory, "MOST_KEPT", 5)
    helpers = Helpers()
    functions = [function(Calls(), helpers) for _ in range(4)]
    for number in range(20):
        for made in functions:
            assert made(f"PID|code{number}|x") == (f"CODE{number}", "x")
            assert sum(map(len, helpers.made.values())) == helpers.kept <= 5


def test_what_many_senders_send_is_remembered():
    look_up = Calls()
    made = function(look_up)
    for _ in range(3):
        assert all(made(f"PID|code{number}|x") for number in range(100))
    assert look_up.count == 200


def test_no_more_functions_are_kept_than_may_be(monkeypatch):
    monkeypatch.setattr(memory, "MOST_HELPERS", 3)
    helpers = Helpers()
    for _ in range(10):
        assert function(Calls(), helpers)("PID|a|x") == ("A", "x")
        assert len(helpers.made) <= 3


def test_names_in_texts_are_none():
    assert names("v3 = K1(v1[2], 'v2') + f'{len(v4)}' + \"it's v9\"") == ("v3", "v1[2]", "v4")
