"""A mapping: layers laid over each other, for each sender its own, compiled when first used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from samspil_hl7v2.message import Segment
from samspil_hl7v2.positions import raw
from samspil_hl7v2.shapes.shelf import Shelf

from . import store
from .compiled import Program, compile_table, table_of
from .layers import NATIONAL, are_as_read, merge, national, shipped
from .library import Origin
from .reading import TableError, read_layer
from .rows import Layer, Tables


@dataclass(slots=True, eq=False)
class Mapping:
    """Layers in order, the last one on top. Use `load_mapping`."""

    layers: tuple[Layer, ...]
    tables: Tables
    programs: dict[tuple[str, bool], Program] = field(default_factory=dict[tuple[str, bool], Program])
    senders: dict[tuple[str, str], Mapping] = field(default_factory=dict[tuple[str, str], "Mapping"])
    shapes: Shelf = field(default_factory=Shelf)
    digest: str = ""
    """Of the layers that the tables are merged from; empty where it is not known."""
    sure: bool = False
    """Whether all rows are known to fit: those of the layers that travel in this package are."""

    by_sender: bool = field(init=False)
    """Whether a layer holds for some senders only."""

    def __post_init__(self) -> None:
        """Look at the layers once."""
        self.by_sender = any(layer.senders for layer in self.layers)

    def program(self, structure: str, code: str, *, traced: bool) -> Program:
        """The compiled table of a structure. Raises TableError."""
        name = table_of(structure, code, self.tables)
        found = self.programs.get((name, traced))
        if found is None:
            if faults := self.faults_in((name,)):
                raise TableError(faults)
            origin = Origin(self.digest, partial(are_as_read, self.layers))
            found = self.programs[name, traced] = compile_table(self.tables, name, traced=traced, origin=origin)
        elif found.library.unsaved:
            found.library.settle()
        return found

    def check(self) -> None:
        """Check every message table, those of each sender's layers too, before a message needs them.

        What travels in this package was checked when it was tested. Raises TableError naming every row that FHIR R4 has no
        place for, and every other fault.
        """
        faults: list[str] = []
        for mapping in (self, *(self.sender(*_parted(layer.senders[0])) for layer in self.layers if layer.senders)):
            found = mapping.faults_in(tuple(mapping.tables.messages))
            mapping.sure = not found
            faults += found
        if faults:
            raise TableError(sorted(set(faults)))

    def faults_in(self, names: tuple[str, ...]) -> list[str]:
        """What does not fit in message tables; that nothing does not is kept, as compiled tables are."""
        key = store.digest("fits", self.digest, *names) if self.digest else ""
        if self.sure or store.load(key):
            return []
        from .making import faults_of

        faults = faults_of(self.tables, names)
        if not faults and are_as_read(self.layers):
            store.save(key, True)  # noqa: FBT003  what is kept
        return faults

    def sender(self, application: str, facility: str) -> Mapping:
        """The mapping with the layers that hold for the sender of MSH-3 and MSH-4."""
        if not self.by_sender:
            return self
        found = self.senders.get((application, facility))
        if found is None:
            layers = tuple(each for each in self.layers if not each.senders or _holds(each, (application, facility)))
            found = self.senders[application, facility] = _merged(layers, layers)
        return found

    @property
    def timezone(self) -> str | None:
        """The zone of the topmost layer that names one."""
        return self._setting("timezone")

    @property
    def charset(self) -> str | None:
        """The character set of the topmost layer that names one."""
        return self._setting("charset")

    def _setting(self, name: str) -> str | None:
        return next((layer.settings[name] for layer in reversed(self.layers) if name in layer.settings), None)


def load_mapping(*folders: str | Path) -> Mapping:
    """The shipped layers with the folders laid over them, in the order given.

    `dk` and `se` name the national layers that travel in the package, unless there is a folder of that name.

    Raises TableError naming every fault of a table with file, line and column, and OSError where a folder cannot be read.
    """
    layers = [*shipped()]
    for folder in folders:
        path = Path(folder)
        if str(folder) in NATIONAL and not path.is_dir():
            layers.append(national(str(folder)))
            continue
        if not path.is_dir():
            raise NotADirectoryError(f"{path} is no folder of mapping tables")
        layers.append(read_layer(path))
    return _merged(tuple(layers), [layer for layer in layers if not layer.senders])


def _merged(layers: tuple[Layer, ...], held: Sequence[Layer]) -> Mapping:
    """A mapping of layers of which some hold. Its digest is empty where that of one of these is."""
    digests = [layer.digest for layer in held]
    digest = store.digest(*digests) if all(digests) else ""
    return Mapping(layers, merge(held), digest=digest, sure=all(layer.sure for layer in held))


@cache
def shipped_mapping() -> Mapping:
    """The mapping of the shipped layers alone."""
    return load_mapping()


def mapping_for(mapping: Mapping | None, msh: Segment) -> Mapping:
    """The mapping for a message's sender: with the layers that hold for its MSH-3|MSH-4."""
    return (mapping or shipped_mapping()).sender(raw(msh, 3).split("^")[0], raw(msh, 4).split("^")[0])


def _parted(sender: str) -> tuple[str, str]:
    application, _, facility = sender.partition("|")
    return application, facility


def _holds(layer: Layer, sender: tuple[str, str]) -> bool:
    """Whether a layer names this sender as `APPLICATION|FACILITY`; an empty part fits any."""
    for text in layer.senders:
        application, facility = _parted(text)
        if application in {"", sender[0]} and facility in {"", sender[1]}:
            return True
    return False
