"""Everything an engine knows: code systems, supplements, value sets and concept maps, found by canonical URL.

A catalogue can be laid over another, as a request does with the resources it brings.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self, cast

from .aliases import AliasGroups
from .canonical import join, latest, matches, sort_key, split
from .json_system import JsonSystem
from .plain import as_dict, is_object
from .supplements import Supplement, Supplemented
from .system import System

__all__ = ["Catalog", "Provider"]

Json = Mapping[str, Any]
Lazy = Callable[[], System]


class Provider:
    """Something that has code systems, value sets and concept maps of its own, such as a store; each answer may be None.

    `changes` counts how often what it has was changed.
    """

    changes: int = 0

    def refresh(self) -> bool:
        """Look whether what it has was changed from outside; tell whether it was."""
        return False

    def versions(self, url: str, /) -> Iterable[str]:  # noqa: ARG002
        """The versions of a code system."""
        return ()

    def system(self, url: str, version: str, /) -> System | None:  # noqa: ARG002
        """A code system in exactly that version."""
        return None

    def value_set(self, url: str, version: str, /) -> Json | None:  # noqa: ARG002
        """A value set that is not kept but follows from a code system."""
        return None

    def concept_map(self, url: str, version: str, /) -> Json | None:  # noqa: ARG002
        """A concept map that is not kept but follows from a code system."""
        return None

    def concept_maps(self) -> Iterable[Json]:
        """Every concept map that is kept."""
        return ()

    def supplements(self) -> Iterable[Json]:
        """Every code system supplement that is kept."""
        return ()

    def urls(self) -> Iterable[str]:
        """The code systems there are."""
        return ()


class Catalog:
    """Code systems, value sets and concept maps by canonical URL, each possibly in several versions.

    `add` takes FHIR resources as dicts; `mount` takes code systems of another kind, `provide` a whole provider. A
    catalogue made by `over` sees everything of the one below, and what it has itself comes first.
    """

    def __init__(self, resources: Iterable[Json] = (), *, aliases: AliasGroups | None = None) -> None:
        self.aliases = aliases or AliasGroups()
        self._below: Catalog | None = None
        self._systems: dict[str, dict[str, System | Json]] = {}
        self._supplements: list[Supplement] = []
        self._value_sets: dict[str, dict[str, Json]] = {}
        self._maps: dict[str, dict[str, Json]] = {}
        self._providers: list[Provider] = []
        self._provided: list[Supplement] = []
        self._laid: dict[tuple[str, str, tuple[str, ...]], System] = {}
        self._asked: dict[tuple[str, str, tuple[str, ...]], System] = {}
        self._changes = 0
        self._edits = 0
        self.add(*resources)

    def over(self, resources: Iterable[Json]) -> "Catalog":
        """A catalogue of these resources, laid over this one. With no resources it is this one itself."""
        some = list(resources)
        if not some:
            return self
        made = Catalog(some, aliases=self.aliases)
        made._below = self
        return made

    def add(self, *resources: Any) -> Self:
        """Take CodeSystem, ValueSet and ConceptMap resources, as dicts or fhir.resources models; others are passed over.

        Of two with the same URL and version the first counts; a later call replaces what an earlier one brought.
        """
        taken: set[tuple[object, str, str]] = set()
        for each in map(as_dict, resources):
            url, version = str(each.get("url", "")), str(each.get("version", ""))
            key = (each.get("resourceType"), url, version)
            if url and key in taken:
                continue
            taken.add(key)
            match each.get("resourceType"):
                case "CodeSystem" if each.get("content") == "supplement":
                    self._supplements.append(Supplement(each))
                case "CodeSystem":
                    self._systems.setdefault(url, {})[version] = each
                case "ValueSet":
                    self._value_sets.setdefault(url, {})[version] = each
                case "ConceptMap":
                    self._maps.setdefault(url, {})[version] = each
                case _:
                    continue
        self._forget()
        return self

    def mount(self, system: System) -> Self:
        """Take a code system of another kind than a resource."""
        self._systems.setdefault(system.facts.url, {})[system.facts.version] = system
        self._forget()
        return self

    def provide(self, provider: Provider) -> Self:
        """Ask a provider for what is not here."""
        self._providers.append(provider)
        self._forget()
        return self

    def refresh(self) -> bool:
        """Take into use what was imported in the meantime; tell whether there was anything."""
        changed = [each.refresh() for each in self._providers]
        return any(changed)

    @property
    def state(self) -> tuple[int, int]:
        """Another value after every change of what it has."""
        return self._edits, sum(each.changes for each in self._providers)

    def _forget(self) -> None:
        self._edits += 1
        self._laid.clear()
        self._asked.clear()
        self._changes = sum(each.changes for each in self._providers)
        self._provided = [Supplement(each) for provider in self._providers for each in provider.supplements()]

    def known_url(self, url: str) -> str:
        """The URL under which a code system is known here: itself, or the first of its alias group that is."""
        if not url or self._has(url):
            return url
        return next((each for each in self.aliases.of(url) if self._has(each)), url)

    def _has(self, url: str) -> bool:
        return (
            url in self._systems
            or any(True for provider in self._providers for _ in provider.versions(url))
            or (self._below is not None and self._below._has(url))
        )

    def versions(self, url: str) -> list[str]:
        """The versions of a code system, sorted; an unversioned one is left out."""
        return sorted({each for each in self._versions(self.known_url(url)) if each}, key=sort_key)

    def _versions(self, url: str) -> Iterator[str]:
        yield from self._systems.get(url, ())
        for provider in self._providers:
            yield from provider.versions(url)
        if self._below is not None:
            yield from self._below._versions(url)

    def system(self, url: str, version: str = "", supplements: Iterable[str] = ()) -> System | None:
        """The code system in that version (a wildcard takes the latest that fits; none takes the latest there is).

        `supplements` names the supplements wanted; language packs are always laid over.
        """
        wanted = tuple(sorted(supplements)) if supplements else ()
        if self._changes != sum([each.changes for each in self._providers]):
            self._forget()
        found = self._asked.get((url, version, wanted)) or self._found(self.known_url(url), version, wanted)
        if found is not None:
            self._asked[url, version, wanted] = found
        return found

    def _found(self, url: str, version: str, wanted: tuple[str, ...]) -> System | None:
        chosen = self._chosen_version(url, version)
        if chosen is None:
            return None
        key = (url, chosen, wanted)
        if key not in self._laid:
            base = self._base(url, chosen)
            if base is None:
                return None
            laid = self._chosen_supplements(base, wanted)
            self._laid[key] = Supplemented(base, laid) if laid else base
        return self._laid[key]

    def _chosen_version(self, url: str, version: str) -> str | None:
        """The latest version that fits, of the layer that comes first and has one."""
        for layer in self._layers():
            own = {*layer._systems.get(url, ()), *(each for p in layer._providers for each in p.versions(url))}
            fitting = [each for each in own if not version or matches(version, each)]
            if fitting:
                return latest(fitting)
        return None

    def _base(self, url: str, version: str) -> System | None:
        own = self._systems.get(url, {}).get(version)
        if is_object(own):
            made = self._systems[url][version] = JsonSystem(own)
            return made
        if own is not None:
            return cast("System", own)
        for provider in self._providers:
            found = provider.system(url, version)
            if found is not None:
                return found
        return self._below._base(url, version) if self._below is not None else None

    def _chosen_supplements(self, base: System, wanted: tuple[str, ...]) -> list[Supplement]:
        return [
            each
            for each in self._all_supplements()
            if each.supplements(base.facts.url, base.facts.version)
            and (each.language_pack or any(each.named(name) for name in wanted))
        ]

    def _all_supplements(self) -> Iterator[Supplement]:
        if self._below is not None:
            yield from self._below._all_supplements()
        yield from self._supplements
        yield from self._provided

    def supplement(self, canonical: str) -> Supplement | None:
        """The supplement with that canonical URL."""
        return next((each for each in self._all_supplements() if each.named(canonical)), None)

    def value_set(self, canonical: str, version: str = "") -> Json | None:
        """The value set of `url` or `url|version`: one kept here, else one that follows from a code system."""
        url, given = split(canonical)
        version = version or given
        found = self._find(url, version, lambda each: each._value_sets)
        return found if found is not None else self._derived(url, version)

    def _derived(self, url: str, version: str) -> Json | None:
        for each in self._layers():
            for provider in each._providers:
                made = provider.value_set(url, version)
                if made is not None:
                    return made
        for resource in self._resources():
            if resource.get("valueSet") and split(str(resource["valueSet"]))[0] == url:
                system = str(resource.get("url", ""))
                if version and not matches(version, str(resource.get("version", ""))):
                    continue
                return _all_codes(url, system, str(resource.get("version", "")), resource)
        return None

    def _resources(self) -> Iterator[Json]:
        for layer in self._layers():
            for by_version in layer._systems.values():
                for version in sorted(by_version, key=sort_key, reverse=True):
                    held = by_version[version]
                    if isinstance(held, JsonSystem):
                        yield held.resource
                    elif is_object(held):
                        yield held

    def concept_map(self, canonical: str, version: str = "") -> Json | None:
        """The concept map of `url` or `url|version`."""
        url, given = split(canonical)
        version = version or given
        found = self._find(url, version, lambda each: each._maps)
        if found is not None:
            return found
        made = (p.concept_map(url, version) for each in self._layers() for p in each._providers)
        return next((each for each in made if each is not None), None)

    def concept_maps(self) -> Iterator[Json]:
        """Every concept map kept here, the latest version of each, sorted by URL."""
        urls = sorted({url for each in self._layers() for url in each._maps})
        for url in urls:
            found = self._find(url, "", lambda each: each._maps)
            if found is not None:
                yield found
        for layer in self._layers():
            for provider in layer._providers:
                yield from provider.concept_maps()

    def value_sets(self) -> Iterator[Json]:
        """Every value set kept here, in every version, sorted by URL and version."""
        seen: set[tuple[str, str]] = set()
        for layer in self._layers():
            for url, by_version in sorted(layer._value_sets.items()):
                for version, resource in sorted(by_version.items()):
                    if (url, version) not in seen:
                        seen.add((url, version))
                        yield resource

    def system_urls(self) -> list[str]:
        """The URL of every code system, sorted."""
        return sorted(
            {url for each in self._layers() for url in each._systems}
            | {url for each in self._layers() for provider in each._providers for url in provider.urls()}
        )

    def _layers(self) -> Iterator["Catalog"]:
        layer: Catalog | None = self
        while layer is not None:
            yield layer
            layer = layer._below

    def _find(self, url: str, version: str, table: "Callable[[Catalog], dict[str, dict[str, Json]]]") -> Json | None:
        """The resource in the layer that comes first; the latest version when none is named."""
        for layer in self._layers():
            by_version = table(layer).get(url, {})
            fitting = [each for each in by_version if not version or matches(version, each)]
            if fitting:
                return by_version[latest(fitting)]
        return None


def _all_codes(url: str, system: str, version: str, resource: Json) -> Json:
    include = {"system": system, **({"version": version} if version else {})}
    return {
        "resourceType": "ValueSet",
        "url": url,
        **({"version": version} if version else {}),
        "name": str(resource.get("name", "")),
        "status": str(resource.get("status", "active")),
        "description": f"All codes of {join(system, version)}",
        "compose": {"include": [include]},
    }
