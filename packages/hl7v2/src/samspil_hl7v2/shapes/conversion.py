"""Messages converted by the function of their shape where there is one, and by the engine otherwise."""

from __future__ import annotations

from samspil_hl7v2.engine import Carried, Later, Wish, carry
from samspil_hl7v2.message import Message, Plain, parse_plain

from .memory import OtherShapeError
from .shelf import Shape
from .sketch import Sketch, sketch_of


def carried(plain: Plain, wish: Wish) -> Carried:
    """Convert a message whose text is read."""
    sketch = sketch_of(plain, wish)
    if sketch is None:
        return carry(parse_plain(plain), wish)
    shelf = sketch.mapping.shapes
    for shape in shelf.find(sketch.key):
        found = run(shape, sketch)
        if found is not None:
            return found
    message = parse_plain(plain)
    made = carry(message, wish)
    if shelf.worth(sketch.key):
        shape = shape_of(message, sketch)
        if shape is not None and _holds(shape, made, sketch):
            shelf.add(sketch.key, shape)
    return made


def run(shape: Shape, sketch: Sketch) -> Carried | None:
    """A message converted by a function; None where it is of another shape."""
    try:
        found = shape.text(sketch.lines, sketch.standing, sketch.setting)
    except OtherShapeError:
        return None
    if found is None:
        return None
    text, control_id = found
    common: Carried = shape.carried
    bundle = Later(text, lambda: shape.tree()(sketch.lines, sketch.standing, sketch.setting))
    report = common.report.with_control_id(control_id)
    return Carried(bundle, report, common.lineage, sketch.plain.issues + common.issues)


def shape_of(message: Message, sketch: Sketch) -> Shape | None:
    """The shape of a message; None where it has none, or one that cannot be recorded."""
    from .recording import record  # most processes that convert one message alone never get here

    try:
        return record(message, sketch)
    except Exception:  # noqa: BLE001  the message is converted already: a shortcut fails none
        return None


def _holds(shape: Shape, made: Carried, sketch: Sketch) -> bool:
    """Whether a function makes of its message what the engine made: it is not kept otherwise."""
    tried = run(shape, sketch)
    return tried is not None and tried[1:] == made[1:] and tried.json() == made.json()
