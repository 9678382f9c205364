"""The check of a type: one dict look-up a key, then what the type says as a whole.

https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from samspil_validation import findings as f
from samspil_validation.place import ChoiceKey

from .bindings import binding_check
from .constants import constant_check
from .invariants import context_of, invariant
from .primitives import CODE, ID, JSON_TYPE, PRIMITIVES, STRING_MOST, is_base64_strict
from .references import target_check
from .siblings import sibling_handler, siblings_handler
from .sparing import keys_by_name

if TYPE_CHECKING:
    from samspil_validation.rules import Guarded
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

__all__ = ["Check", "Handler", "choice_key", "compile_type"]

Check = Callable[[Any, Any, "Run"], None]
"""`check(value, place, run)`: the check of one value that stands at `place`."""

Handler = Callable[[Any, "dict[str, Any]", Any, "Run"], None]
"""`handler(value, node, place, run)`: the check of what stands under one key of `node`, which stands at `place`."""

_BACKBONES = frozenset({"BackboneElement", "Element", "BackboneType"})
_RESOURCES = frozenset({"Resource", "DomainResource", "CanonicalResource", "MetadataResource"})


def choice_key(name: str, code: str) -> str:
    """The key of a choice element for a type: value and Quantity make valueQuantity."""
    return name + code[:1].upper() + code[1:]


_TEXTS: Mapping[str, Callable[[str], object]] = {
    "string": str.isprintable,
    "markdown": str.isprintable,
    "code": CODE.fullmatch,
    "id": ID.fullmatch,
}
_REPEATED = frozenset({"uri", "canonical"})
"""Types of which a feed holds the same few values again and again: systems, profiles, extensions."""
_MOST_NOTED = 4096


class _Handlers(dict[str, Handler]):
    """Handlers by key, each made when it is first needed; a key that the type does not have gets one that says so.

    `makers` put in the handlers of a key and of its `_key`. `texts` are, by key, tests of what needs no other check:
    a text that passes is good, and one that does not goes to the handler.
    """

    def __init__(self, type_name: str, url: str, *, is_resource: bool) -> None:
        super().__init__()
        self.type_name = type_name
        self.url = url
        self.is_resource = is_resource
        self.makers: dict[str, Callable[[], None]] = {}
        self.texts: dict[str, Callable[[str], object]] = {}

    def __missing__(self, key: str) -> Handler:
        make = self.makers.get(key)
        if make is not None:
            make()
        found = self.get(key)
        return self.unknown(key) if found is None else found

    def unknown(self, key: str) -> Handler:
        """The handler of a key that the type does not have."""

        def unknown(_value: Any, _node: dict[str, Any], place: Any, run: Run) -> None:
            shown = key if key.isidentifier() and key.isascii() and len(key) < 65 else "?"  # noqa: PLR2004
            run.find(f.UNKNOWN_ELEMENT, (place, shown, -1), self.url, type=self.type_name, element=shown)

        return unknown


def compile_type(plan: dict[str, Any], schema: Schema) -> Check:
    """The check of a base type from its plan (`samspil_validation.plan.types`)."""
    return _Compiler(plan, schema).whole()


class _Compiler:
    """Compiles one type; it keeps the named elements, so that `contentReference` finds them."""

    def __init__(self, plan: dict[str, Any], schema: Schema) -> None:
        self.plan = plan
        self.schema = schema
        self.url = str(plan["url"])
        self.elements: dict[str, dict[str, Any]] = {}
        self.compiled: dict[str, Check] = {}
        self._index(plan["c"])

    def _index(self, elements: Sequence[dict[str, Any]]) -> None:
        for element in elements:
            if "id" in element:
                self.elements[element["id"]] = element
            self._index(element.get("c", ()))

    def whole(self) -> Check:
        name = str(self.plan["name"])
        is_resource = self.plan["kind"] == "resource"
        return self.object_check(name, self.plan["c"], self.plan["k"], name, is_resource=is_resource)

    def object_check(  # noqa: C901  the closures of one type, made together
        self,
        path: str,
        elements: Sequence[dict[str, Any]],
        constraints: Sequence[list[Any]],
        type_name: str,
        *,
        is_resource: bool = False,
    ) -> Check:
        """The check of an object with these elements."""
        url = self.url
        handlers = _Handlers(type_name, url, is_resource=is_resource)
        texts = handlers.texts
        if is_resource:
            handlers["resourceType"] = _nothing
            texts["resourceType"] = str.isprintable
        for element in elements:
            self.add(handlers, element, path)
        required = tuple((e["n"], "_" + e["n"], e["min"]) for e in elements if e.get("min") and not e.get("x"))
        choices = tuple(self.choice(e) for e in elements if e.get("x") and len(e["t"]) > 1)
        choices += tuple(self.choice(e) for e in elements if e.get("x") and len(e["t"]) == 1 and e.get("min"))
        choice_keys = frozenset[str]().union(*(keys for _, keys, _ in choices))
        must_choose = any(needed for _, _, needed in choices)
        keys = keys_by_name(elements)
        rules = tuple(invariant(each, path, url, self.schema, keys) for each in constraints)
        if path == type_name and not is_resource:
            rules += tuple(map(_rule_check, self.schema.rules(type_name)))

        def check(node: Any, place: Any, run: Run) -> None:  # noqa: C901  the hot path: one function, no calls
            if node.__class__ is not dict:
                _not_an_object(node, place, run, type_name, url)
                return
            if len(node) < 2 and (not node or "id" in node):  # noqa: PLR2004  an id alone is no content
                run.find(f.EMPTY_ELEMENT, place, url)
            for key, value in node.items():
                if value.__class__ is str and key in texts and texts[key](value) and 0 < len(value) < STRING_MOST:
                    continue
                handlers[key](value, node, place, run)
            for name, sibling, least in required:
                if name not in node:
                    if sibling not in node:
                        run.find(f.MISSING, place, url, element=name, minimum=least, count=0)
                elif least > 1 and node[name].__class__ is list and len(node[name]) < least:
                    run.find(f.MISSING, place, url, element=name, minimum=least, count=len(node[name]))
            if choice_keys:
                given = node.keys() & choice_keys
                if len(given) > 1 or (must_choose and len(given) < len(choices)):
                    _choose(given, choices, place, run, url)
            for rule in rules:
                rule(node, place, run)

        return check

    def choice(self, element: dict[str, Any]) -> tuple[str, frozenset[str], bool]:
        """The name of a choice element, the keys it may have, and whether one is needed."""
        keys = [choice_key(element["n"], code) for code, _, _ in element["t"]]
        return element["n"], frozenset([*keys, *("_" + key for key in keys)]), bool(element.get("min"))

    def add(self, handlers: _Handlers, element: dict[str, Any], path: str) -> None:
        """Put in the makers of one element's handlers: one a type for a choice."""
        name = element["n"]
        if not element.get("x"):
            declared = element["t"][0] if element["t"] else None
            make = partial(self.add_one, handlers, name, element, declared, f"{path}.{name}")
            handlers.makers[name] = handlers.makers["_" + name] = make
            return
        for declared in element["t"]:
            key = ChoiceKey(choice_key(name, declared[0]), name)
            make = partial(self.add_one, handlers, key, element, declared, f"{path}.{name}")
            handlers.makers[str(key)] = handlers.makers["_" + key] = make

    def add_one(self, handlers: _Handlers, key: str, element: dict[str, Any], declared: Any, path: str) -> None:
        """Put in the handler of one key, and of its `_key` for a primitive."""
        plain = str(key)
        many = element.get("max") is None or element["max"] > 1
        code = declared[0] if declared else ""
        test = is_base64_strict if code == "base64Binary" and self.schema.release == "R5" else PRIMITIVES.get(code)
        after = self.after(element, declared, path)
        if test is not None:
            quick = self.schema.terminology.plain_codes(element["b"]) if code == "code" and "b" in element else None
            if quick is not None:
                after = tuple(self.after({**element, "b": None}, declared, path))
            if quick:
                test = _in(quick)
            elif code in _REPEATED:
                test = _noted(test, self.schema.uris)
            make = _primitives if many else _primitive
            handlers[plain] = make(key, code, test, after, self.url, element.get("b"), quick)
            if plain == "id" and not handlers.is_resource:
                handlers[plain] = _element_id(handlers[plain])
            elif not (many or after):
                self.add_text(handlers, plain, code, quick)
            if code != "xhtml":
                handlers["_" + key] = (siblings_handler if many else sibling_handler)(key, self.url, self.schema)
            return
        make_complex = _complexes if many else _complex
        handlers[plain] = make_complex(key, self.inner(element, code, path), after, self.url, element.get("max"))

    def add_text(self, handlers: _Handlers, key: str, code: str, quick: frozenset[str] | None) -> None:
        """Put in the test of texts, where the type has a quick one."""
        if quick:
            handlers.texts[key] = quick.__contains__
        elif code in _REPEATED:
            handlers.texts[key] = self.schema.uris.__contains__
        elif code in _TEXTS:
            handlers.texts[key] = _TEXTS[code]

    def inner(self, element: dict[str, Any], code: str, path: str) -> Check:
        """The check of one value of an element that is no primitive."""
        schema = self.schema
        if element.get("r"):
            return self.referred(element["r"])
        if "c" in element and (code in _BACKBONES or not code):
            return self.backbone(element, path)
        if code in _RESOURCES:
            return schema.check_resource if element["n"] != "contained" or schema.settings.contained else _pass_over
        if code == "Extension":
            return schema.extension_check(element["n"])
        return schema.types[code]

    def referred(self, identity: str) -> Check:
        """The check of the element that a contentReference names, made when it is first needed."""

        def check(value: Any, place: Any, run: Run) -> None:
            made = self.compiled.get(identity)
            if made is None:
                made = self.backbone(self.elements[identity], identity)
            made(value, place, run)

        return check

    def backbone(self, element: dict[str, Any], path: str) -> Check:
        """The check of an element that has its children in place; its invariants are tested with it."""
        made = self.compiled.get(element["id"])
        if made is None:
            made = self.object_check(path, element["c"], element.get("k", ()), path)
            self.compiled[element["id"]] = made
        return made

    def after(self, element: dict[str, Any], declared: Any, path: str) -> tuple[Check, ...]:
        """What is checked on a value beside its type: binding, targets, constants, length, invariants."""
        made: list[Check] = []
        code = declared[0] if declared else ""
        if element.get("b"):
            made.extend(binding_check(element["b"], code, self.url, self.schema))
        if code in {"Reference", "CodeableReference"} and declared[2]:
            made.append(target_check(declared[2], self.url, self.schema, inside=code == "CodeableReference"))
        if element.get("ml") and code in PRIMITIVES:
            made.append(_length(element["ml"], self.url))
        made.extend(
            constant_check(part, element[part][1], element["n"], self.url) for part in ("f", "p") if part in element
        )
        if "c" not in element and not element.get("r"):
            made.extend(invariant(each, context_of(code, path), self.url, self.schema) for each in element.get("k", ()))
        made.extend(self.schema.type_profile_check(code, declared[1], self.url) if declared and declared[1] else ())
        return tuple(made)


def _pass_over(_value: Any, _place: Any, _run: Run) -> None:
    """A contained resource that is not to be checked."""


def _nothing(_value: Any, _node: dict[str, Any], _place: Any, _run: Run) -> None:
    """A key that needs no check."""


def _element_id(handle: Handler) -> Handler:
    """The handler of an element's id, which is to be the only one in its resource."""

    def handle_id(value: Any, node: dict[str, Any], place: Any, run: Run) -> None:
        run.note_id(value)
        handle(value, node, place, run)

    return handle_id


def _noted(test: Callable[[Any], bool], known: set[str]) -> Callable[[Any], bool]:
    """A test that keeps some of the values it has found good."""

    def noting(value: Any) -> bool:
        good = test(value)
        if good and len(known) < _MOST_NOTED:
            known.add(value)
        return good

    return noting


def _in(codes: frozenset[str]) -> Callable[[Any], bool]:
    def test(value: Any) -> bool:
        return value.__class__ is str and value in codes

    return test


def _not_an_object(value: Any, place: Any, run: Run, type_name: str, url: str) -> None:
    if value is None:
        run.find(f.NULL_VALUE, place, url)
    else:
        run.find(f.NOT_AN_OBJECT, place, url, type=type_name)


def _choose(
    given: set[str], choices: Sequence[tuple[str, frozenset[str], bool]], place: Any, run: Run, url: str
) -> None:
    """Tell of choices made twice, and of those that had to be made."""
    for name, keys, needed in choices:
        types = {key.removeprefix("_") for key in given if key in keys}
        if len(types) > 1:
            run.find(f.CHOICE_TWICE, (place, name, -1), url, element=name, count=len(types))
        elif needed and not types:
            run.find(f.MISSING, place, url, element=name + "[x]", minimum=1, count=0)


def _primitive(  # noqa: PLR0913, PLR0917  the facts of one element
    key: str, code: str, test: Callable[[Any], bool], after: tuple[Check, ...], url: str, binding: Any, quick: Any
) -> Handler:
    """The handler of a primitive that does not repeat."""
    fault = _fault(key, code, url, binding if quick else None)
    if not after:

        def handle(value: Any, _node: dict[str, Any], place: Any, run: Run) -> None:
            if not test(value):
                fault(value, (place, key, -1), run)

        return handle

    def handle_after(value: Any, _node: dict[str, Any], place: Any, run: Run) -> None:
        place = (place, key, -1)
        if not test(value):
            fault(value, place, run)
            return
        for each in after:
            each(value, place, run)

    return handle_after


def _primitives(  # noqa: PLR0913, PLR0917  the facts of one element
    key: str, code: str, test: Callable[[Any], bool], after: tuple[Check, ...], url: str, binding: Any, quick: Any
) -> Handler:
    """The handler of a primitive that repeats: nulls stand for values that only have a sibling."""
    fault = _fault(key, code, url, binding if quick else None)

    def handle(values: Any, node: dict[str, Any], place: Any, run: Run) -> None:
        if values.__class__ is not list:
            _want_array(values, key, place, run, url)
            return
        if not values:
            run.find(f.EMPTY_ARRAY, (place, key, -1), url)
        for index, value in enumerate(values):
            if value is None:
                _null_entry(node, key, index, place, run, url)
            elif not test(value):
                fault(value, (place, key, index), run)
            elif after:
                for each in after:
                    each(value, (place, key, index), run)

    return handle


def _null_entry(node: dict[str, Any], key: str, index: int, place: Any, run: Run, url: str) -> None:  # noqa: PLR0913, PLR0917
    siblings: Any = node.get("_" + key)
    if not (siblings.__class__ is list and index < len(siblings) and siblings[index]):
        run.find(f.NULL_VALUE, (place, key, index), url)


def _want_array(value: Any, key: str, place: Any, run: Run, url: str) -> None:
    run.find(f.NULL_VALUE if value is None else f.NOT_AN_ARRAY, (place, key, -1), url, element=key)


def _fault(key: str, code: str, url: str, binding: Any) -> Check:
    """What is told of a value that its test refuses."""
    json_type = JSON_TYPE.get(code, "string")
    classes: Mapping[str, tuple[type, ...]] = {"boolean": (bool,), "string": (str,)}
    own_test = PRIMITIVES[code]

    def fault(value: Any, place: Any, run: Run) -> None:
        if value is None:
            run.find(f.NULL_VALUE, place, url)
        elif value.__class__ is list:
            run.find(f.AN_ARRAY, place, url, element=key)
        elif (json_type in classes and value.__class__ not in classes[json_type]) or (
            json_type == "number" and (value is True or value is False or value.__class__ in {str, dict})
        ):
            run.find(f.WRONG_JSON_TYPE, place, url, type=code, json=json_type)
        elif binding and own_test(value):
            run.find(f.CODE_NOT_REQUIRED, place, url, value_set=binding[1])
        else:
            run.find(f.BAD_PRIMITIVE, place, url, type=code)

    return fault


def _length(most: int, url: str) -> Check:
    def check(value: Any, place: Any, run: Run) -> None:
        if value.__class__ is str and len(value) > most:
            run.find(f.TOO_LONG, place, url, maximum=most)

    return check


def _complex(key: str, inner: Check, after: tuple[Check, ...], url: str, _most: int | None) -> Handler:
    """The handler of an object that does not repeat."""

    def handle(value: Any, _node: dict[str, Any], place: Any, run: Run) -> None:
        if value.__class__ is list:
            run.find(f.AN_ARRAY, (place, key, -1), url, element=key)
            return
        inner(value, (place, key, -1), run)

    if not after:
        return handle

    def handle_after(value: Any, _node: dict[str, Any], place: Any, run: Run) -> None:
        place = (place, key, -1)
        if value.__class__ is list:
            run.find(f.AN_ARRAY, place, url, element=key)
            return
        inner(value, place, run)
        if value.__class__ is dict:
            for each in after:
                each(value, place, run)

    return handle_after


def _complexes(key: str, inner: Check, after: tuple[Check, ...], url: str, most: int | None) -> Handler:
    """The handler of objects that repeat."""

    def handle(values: Any, _node: dict[str, Any], place: Any, run: Run) -> None:
        if values.__class__ is not list:
            _want_array(values, key, place, run, url)
            return
        if not values:
            run.find(f.EMPTY_ARRAY, (place, key, -1), url)
        if most is not None and len(values) > most:
            run.find(f.TOO_MANY, place, url, element=key, maximum=most, count=len(values))
        index = 0
        for value in values:
            here = (place, key, index)
            inner(value, here, run)
            index += 1  # noqa: SIM113  cheaper than enumerate here
            if after and value.__class__ is dict:
                for each in after:
                    each(value, here, run)

    return handle


def _rule_check(guarded: Guarded) -> Check:
    """The check of a data type by a rule registered for it."""
    alone = (guarded,)
    needed = guarded.needed
    if needed is None:
        return lambda node, place, run: run.apply(alone, node, place)

    def check(node: Any, place: Any, run: Run) -> None:
        try:
            if not needed(node, run):
                return
        except Exception:  # noqa: BLE001, S110  it fails again where that is told
            pass
        run.apply(alone, node, place)

    return check
