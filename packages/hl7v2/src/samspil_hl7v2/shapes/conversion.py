"""Messages converted by the function of their shape where there is one, and by the engine otherwise."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from samspil_hl7v2.engine import Carried, Later, Wish, carry, message_type, moment, own_offset
from samspil_hl7v2.message import Message, Plain, parse_plain
from samspil_hl7v2.v2.structures import structure_of

from .recording import record
from .setting import Setting
from .shelf import Shape
from .sketch import Sketch, sketch_of

def carried(plain: Plain, wish: Wish) -> Carried:
    """Convert a message whose text is read."""
    sketch = sketch_of(plain.text, wish)
    if sketch is None:
        return carry(parse_plain(plain), wish)
    shelf = sketch.chosen.shapes
    setting = _setting(plain, sketch, wish)
    for shape in shelf.find(sketch.key):
        found = _run(shape, plain, sketch, setting)
        if found is not None:
            return found
    message = parse_plain(plain)
    made = carry(message, wish)
    if shelf.worth(sketch.key):
        _keep(plain, message, made, sketch, setting, wish)
    return made


def _run(shape: Shape, plain: Plain, sketch: Sketch, setting: Setting) -> Carried | None:
    """A message converted by a function; None where it is of another shape."""
    found = shape.text(sketch.lines, sketch.standing, setting)
    if found is None:
        return None
    text, control_id = found
    common: Carried = shape.carried
    bundle = Later(text, lambda: shape.tree()(sketch.lines, sketch.standing, setting))
    return Carried(bundle, common.report.with_control_id(control_id), common.lineage, plain.issues + common.issues)


def _holds(shape: Shape, made: Carried, plain: Plain, sketch: Sketch, setting: Setting) -> bool:
    """Whether a function makes of its message what the engine made: it is not kept otherwise."""
    tried = _run(shape, plain, sketch, setting)
    return tried is not None and tried[1:] == made[1:] and tried.json() == made.json()


def _setting(plain: Plain, sketch: Sketch, wish: Wish) -> Setting:
    zone = ZoneInfo(sketch.zone) if sketch.zone else None
    systems = sketch.chosen.tables.coding_systems
    return Setting(plain.codec, zone, own_offset(sketch.head[6]), moment(wish.now), systems)


def _keep(plain: Plain, message: Message, made: Carried, sketch: Sketch, setting: Setting, wish: Wish) -> None:
    code, trigger, declared = message_type(sketch.head[8])
    structure = structure_of(code, trigger, declared)
    program = sketch.chosen.program(structure, code, traced=wish.with_lineage)
    clean = message._replace(issues=message.issues[len(plain.issues) :])
    try:
        shape = record(clean, sketch, (code, trigger, structure), program, wish, setting)
    except Exception:  # noqa: BLE001  what cannot be recorded is converted without: a shortcut fails no message
        return
    if shape is not None and _holds(shape, made, plain, sketch, setting):
        sketch.chosen.shapes.add(sketch.key, shape)
