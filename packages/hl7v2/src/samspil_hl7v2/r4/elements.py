"""The elements of every FHIR R4 resource and datatype: cardinality, types, required codes.

The facts are those of the core definitions (https://hl7.org/fhir/R4/downloads.html). A type's
rows are read when the type is first asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Self

from samspil_hl7v2 import facts

INLINE = ("BackboneElement", "Element")
PRIMITIVES = frozenset(
    [
        "base64Binary",
        "boolean",
        "canonical",
        "code",
        "date",
        "dateTime",
        "decimal",
        "id",
        "instant",
        "integer",
        "markdown",
        "oid",
        "positiveInt",
        "string",
        "time",
        "unsignedInt",
        "uri",
        "url",
        "uuid",
        "xhtml",
    ]
)
"""Datatypes that are a single value: https://hl7.org/fhir/R4/datatypes.html#primitive"""
ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
"""Stands for a required element that nobody has sent: https://hl7.org/fhir/R4/extension-data-absent-reason.html"""


class NoSuchElementError(LookupError):
    """A path names something that FHIR R4 does not define.

    `root` is the type asked about, `path` what was read of the path, `step` its last part, which
    is not there.
    """

    def __init__(self, root: str, path: str, step: str) -> None:
        super().__init__(f"{root}.{path}: R4 has no {step!r} there")
        self.root, self.path, self.step = root, path, step


@dataclass(frozen=True, slots=True)
class Element:
    """One element: how often it may occur (`max` None = unbounded) and of which types.

    `types` are type codes (`Quantity`, `Reference`, `@Bundle.link` for the content of another
    element); `targets` the types a Reference or canonical may point to.
    """

    min: int
    max: int | None
    types: tuple[str, ...]
    targets: tuple[str, ...] = ()

    @property
    def repeats(self) -> bool:
        """Say whether the element is an array in JSON."""
        return self.max is None or self.max > 1

    @classmethod
    def parse(cls, low: str, high: str, types: str) -> Self:
        """Read the cells `min,max,types`, types as `Quantity|Reference(Patient;Group)`."""
        parted = [one.rstrip(")").partition("(") for one in types.split("|")]
        targets = [name for _, _, names in parted for name in names.split(";") if name]
        codes = tuple(code for code, _, _ in parted)
        return cls(int(low), None if high == "*" else int(high), codes, tuple(targets))


class Elements:
    """The element tables, looked up by type and path."""

    def __init__(self, elements: Iterable[str], codes: Iterable[str] = ()) -> None:
        """Take lines `type,element,min,max,types` and lines `type,element,codes`."""
        self._lines = _by_type(elements)
        self._codes = codes
        self._tables: dict[str, dict[str, Element]] = {}
        self._found: dict[tuple[str, str], tuple[Element, str, str]] = {}

    @property
    def types(self) -> frozenset[str]:
        """Give the names of all resource types and complex datatypes."""
        return frozenset(self._lines)

    def lookup(self, root: str, path: str) -> Element:
        """Give the element at `path` in the type `root`, walking through datatypes.

        `lookup("Patient", "name.family")` is HumanName.family; `valueQuantity` is `value[x]`
        of type Quantity alone; `birthDate.extension` is the extension of a primitive.
        Raises NoSuchElementError.
        """
        return self._find(root, path)[0]

    def slot(self, root: str, name: str) -> str:
        """Give the element that a JSON name fills: `value[x]` for `valueQuantity` and for `_valueString`, `status` for itself.

        A name that R4 does not define, such as `resourceType`, is its own slot.
        """
        plain = name.removeprefix("_")
        try:
            return self._find(root, plain)[2]
        except NoSuchElementError:
            return plain

    def rivals(self, root: str, path: str) -> frozenset[str]:
        """Give the JSON names of the other types of the choice that `path` is one type of; none where it is no choice.

        `rivals("Patient", "deceasedBoolean")` holds `deceasedDateTime` and
        `_deceasedDateTime`. Raises NoSuchElementError.
        """
        _, home, slot = self._find(root, path)
        if not slot.endswith("[x]"):
            return frozenset()
        stem = slot[:-3].rpartition(".")[2]
        names = {f"{stem}{code[0].upper()}{code[1:]}" for code in self._table(home)[slot].types}
        names.discard(path.rpartition(".")[2])
        return frozenset(names | {f"_{name}" for name in names})

    def required(self, root: str, path: str = "") -> tuple[str, ...]:
        """Give the names of the children that must be there in the type `root`, or below `path` in it.

        A choice is named `value[x]`. Raises NoSuchElementError.
        """
        home, inside = self._inside(root, path) if path else (root, "")
        children = self._children(home, inside, root, path)
        return tuple(name for name, element in children if element.min)

    def codes(self, root: str, path: str) -> frozenset[str] | None:
        """Give the codes allowed at `path`, or None where R4 leaves them open.

        Only `code` elements of required binding whose value set can be listed are closed.
        Raises NoSuchElementError.
        """
        _, home, inside = self._find(root, path)
        return self._required_codes.get((home, inside))

    @cached_property
    def _required_codes(self) -> dict[tuple[str, str], frozenset[str]]:
        parted = (line.split(",") for line in self._codes)
        return {(root, path): frozenset(codes.split()) for root, path, codes in parted}

    def _find(self, root: str, path: str) -> tuple[Element, str, str]:
        if (root, path) not in self._found:
            self._found[root, path] = self._walk(root, path)
        return self._found[root, path]

    def _walk(self, root: str, path: str) -> tuple[Element, str, str]:
        above, _, step = path.rpartition(".")
        home, inside = self._inside(root, above) if above else (root, "")
        found = self._child(home, inside, step)
        if found is None:
            raise NoSuchElementError(root, path, step)
        return found

    def _child(self, home: str, inside: str, step: str) -> tuple[Element, str, str] | None:
        table = self._table(home)
        place = f"{inside}.{step}" if inside else step
        if element := table.get(place):
            return element, home, place
        stem = next(_stems(place, table), None)
        return None if stem is None else (_narrow(table[stem], place, stem), home, stem)

    def _inside(self, root: str, path: str) -> tuple[str, str]:
        """Give the type and the path in it whose children are those of `path` in `root`."""
        element, home, inside = self._find(root, path)
        if len(element.types) != 1:
            return "", ""  # a choice not yet made has no children
        only = element.types[0]
        if only.startswith("@"):
            home, _, inside = only[1:].partition(".")
            return home, inside
        if only in INLINE:
            return home, inside
        return (only, "") if only in self._lines else ("Element", "")

    def _children(self, home: str, inside: str, root: str, path: str) -> Iterator[tuple[str, Element]]:
        if not self._table(home):
            raise NoSuchElementError(root, path, path.rpartition(".")[2] or root)
        start = f"{inside}." if inside else ""
        for name, element in self._table(home).items():
            if name.startswith(start) and "." not in (last := name.removeprefix(start)):
                yield last, element

    def _table(self, root: str) -> dict[str, Element]:
        if root not in self._tables:
            parted = (line.split(",") for line in self._lines.get(root, ()))
            self._tables[root] = {path: Element.parse(*cells) for _, path, *cells in parted}
        return self._tables[root]


@cache
def r4() -> Elements:
    """Give the tables of FHIR R4 4.0.1."""
    return Elements(facts.lines("samspil_hl7v2.r4", "elements.csv"), facts.lines("samspil_hl7v2.r4", "codes.csv"))


def _by_type(lines: Iterable[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        grouped[line.partition(",")[0]].append(line)
    return dict(grouped)


def _stems(place: str, table: dict[str, Element]) -> Iterator[str]:
    """Give the choice elements of which `place` names one type: `valueQuantity`, `value[x]`."""
    for name, element in table.items():
        if name.endswith("[x]") and place.startswith(name[:-3]) and _chosen(element, place, name):
            yield name


def _chosen(element: Element, place: str, stem: str) -> str | None:
    tail = place[len(stem) - 3 :]
    return next((code for code in element.types if code[0].upper() + code[1:] == tail), None)


def _narrow(element: Element, place: str, stem: str) -> Element:
    code = _chosen(element, place, stem)
    targets = element.targets if code in ("Reference", "canonical") else ()
    return Element(element.min, element.max, (code,) if code else (), targets)
