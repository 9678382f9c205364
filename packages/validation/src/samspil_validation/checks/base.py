"""The check of a type: one dict look-up a key, then what the type says as a whole.

https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from samspil_validation import findings as f
from samspil_validation.place import ChoiceKey, choice_key

from .bindings import binding_check
from .constants import constant_check
from .extensions import VALUE_OR_PARTS
from .handlers import complex_handler, complexes_handler, primitive_handler, primitives_handler
from .invariants import Invariant, context_of, invariant
from .limits import limit_checks
from .primitives import PRIMITIVES, STRING_MOST, is_base64_strict
from .references import contained_canonical, target_check
from .shapes import Shapes, Wanted
from .siblings import sibling_handler, siblings_handler
from .sparing import keys_by_name
from .table import REPEATED, TEXTS, Handlers, noted

if TYPE_CHECKING:
    from samspil_validation.rules import Guarded
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

__all__ = ["Check", "Handler", "compile_type"]

Check = Callable[[Any, Any, "Run"], None]
"""`check(value, place, run)`: the check of one value that stands at `place`."""

Handler = Callable[[Any, "dict[str, Any]", Any, "Run"], None]
"""`handler(value, node, place, run)`: the check of what stands under one key of `node`, which stands at `place`."""

_BACKBONES = frozenset({"BackboneElement", "Element", "BackboneType"})
_RESOURCES = frozenset({"Resource", "DomainResource", "CanonicalResource", "MetadataResource"})


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

    def object_check(
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
        handlers = Handlers(type_name, url, is_resource=is_resource)
        texts = handlers.texts
        if is_resource:
            handlers["resourceType"] = _nothing
            texts["resourceType"] = str.isprintable
        for element in elements:
            self.add(handlers, element, path)
        rules = [invariant(each, path, url, self.schema, keys_by_name(elements)) for each in constraints]
        if path == type_name and not is_resource:
            rules += [Invariant(_rule_check(each), None) for each in self.schema.rules(type_name)]
        if type_name == "Extension":
            rules.append(VALUE_OR_PARTS)
        shape_of = Shapes(handlers, self.wanted(elements), rules)
        known = shape_of.known

        def check(node: Any, place: Any, run: Run) -> None:
            if node.__class__ is not dict:
                _not_an_object(node, place, run, type_name, url)
                return
            keys = tuple(node)
            steps, late = known.get(keys) or shape_of(keys)
            for value, (test, handle) in zip(node.values(), steps):  # noqa: B905  as long as the keys
                if test is not None and value.__class__ is str and test(value) and 0 < len(value) < STRING_MOST:
                    continue
                handle(value, node, place, run)
            for each in late:
                each(node, place, run)

        return check

    def wanted(self, elements: Sequence[dict[str, Any]]) -> Wanted:
        """What must be there, by the keys of the elements."""
        choices = tuple(self.choice(e) for e in elements if e.get("x") and (len(e["t"]) > 1 or e.get("min")))
        return Wanted(self.url, tuple((e["n"], e["min"]) for e in elements if e.get("min") and not e.get("x")), choices)

    def choice(self, element: dict[str, Any]) -> tuple[str, frozenset[str], bool]:
        """The name of a choice element, the keys it may have, and whether one is needed."""
        keys = [choice_key(element["n"], code) for code, _, _ in element["t"]]
        return element["n"], frozenset([*keys, *("_" + key for key in keys)]), bool(element.get("min"))

    def add(self, handlers: Handlers, element: dict[str, Any], path: str) -> None:
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

    def add_one(self, handlers: Handlers, key: str, element: dict[str, Any], declared: Any, path: str) -> None:
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
            elif code in REPEATED:
                test = noted(test, self.schema.noted[code])
            make = primitives_handler if many else primitive_handler
            late = (*after, contained_canonical) if code == "canonical" else after
            handlers[plain] = make(key, code, test, late, self.url, element.get("b"), quick)
            if plain == "id" and not handlers.is_resource:
                handlers[plain] = _element_id(handlers[plain])
            elif not (many or after):
                self.add_text(handlers, plain, code, quick)
            if code != "xhtml":
                strength, value_set, _ = element.get("b") or ("", "", "")
                required = value_set if strength == "required" else ""
                handlers["_" + key] = (
                    siblings_handler(key, self.url, self.schema)
                    if many
                    else sibling_handler(key, self.url, self.schema, required)
                )
            return
        make_complex = complexes_handler if many else complex_handler
        handlers[plain] = make_complex(key, self.inner(element, code, path), after, self.url, element.get("max"))

    def add_text(self, handlers: Handlers, key: str, code: str, quick: frozenset[str] | None) -> None:
        """Put in the test of texts, where the type has a quick one."""
        if quick:
            handlers.texts[key] = quick.__contains__
        elif code in REPEATED:
            handlers.texts[key] = self.schema.noted[code].__contains__
        elif code in TEXTS:
            handlers.texts[key] = TEXTS[code]

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
            made.extend(limit_checks({"ml": element["ml"]}, self.url))
        made.extend(
            constant_check(part, element[part][1], element["n"], self.url) for part in ("f", "p") if part in element
        )
        if "c" not in element and not element.get("r"):
            made.extend(
                invariant(each, context_of(code, path), self.url, self.schema).check for each in element.get("k", ())
            )
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


def _in(codes: frozenset[str]) -> Callable[[Any], bool]:
    def test(value: Any) -> bool:
        return value.__class__ is str and value in codes

    return test


def _not_an_object(value: Any, place: Any, run: Run, type_name: str, url: str) -> None:
    if value is None:
        run.find(f.NULL_VALUE, place, url)
    else:
        run.find(f.NOT_AN_OBJECT, place, url, type=type_name)


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
