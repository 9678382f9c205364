# pyright: reportPrivateUsage=false
"""Faults of how resources are kept: changes of a store, and of the server that needs to look into it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from samspil_core import dumps
from samspil_testserver import Store, Version

from .exchange import Ask, Asked, Told

__all__ = ["AROUND", "STORE"]

Json = dict[str, Any]
Put = Callable[..., Version]


def _forget_versions(store: Store) -> None:
    delete = store.delete

    def forgetful(kind: str, identifier: str) -> Version | None:
        made = delete(kind, identifier)
        store._versions[kind, identifier] = store._versions.get((kind, identifier), [])[-1:]
        return made

    store.delete = forgetful


def _client_ids(store: Store) -> None:
    put: Put = store.put

    def taking(resource: Mapping[str, Any], method: Any = "PUT", resource_id: str = "") -> Version:
        return put(resource, method, resource_id or str(resource.get("id", "")))

    store.put = taking


def _client_meta(store: Store) -> None:
    _after_put(store, lambda sent, kept, _before: {**kept, "meta": {**kept["meta"], **sent.get("meta", {})}})


def _merge(store: Store) -> None:
    def merged(sent: Mapping[str, Any], kept: Json, before: Json | None) -> Json:
        return {**before, **kept} if before and sent.get("id") else kept

    _after_put(store, merged)


def _same_version(store: Store) -> None:
    def same(_sent: Mapping[str, Any], kept: Json, _before: Json | None) -> Json:
        return {**kept, "meta": {**kept["meta"], "versionId": "1"}}

    _after_put(store, same)


def _backwards(store: Store) -> None:
    def earlier(_sent: Mapping[str, Any], kept: Json, _before: Json | None) -> Json:
        at = datetime.fromisoformat(kept["meta"]["lastUpdated"])
        back = at - timedelta(days=int(kept["meta"]["versionId"]))
        return {**kept, "meta": {**kept["meta"], "lastUpdated": back.isoformat(timespec="milliseconds")}}

    _after_put(store, earlier)


def _after_put(store: Store, change: Callable[[Mapping[str, Any], Json, Json | None], Json]) -> None:
    put: Put = store.put

    def changing(resource: Mapping[str, Any], method: Any = "PUT", resource_id: str = "") -> Version:
        before = store.newest(str(resource["resourceType"]), resource_id)
        made = put(resource, method, resource_id)
        changed = replace(made, resource=change(resource, made.resource or {}, before.resource if before else None))
        changed = replace(changed, number=int(changed.resource["meta"]["versionId"]))  # type: ignore[index]
        changed = replace(changed, at=changed.resource["meta"]["lastUpdated"])  # type: ignore[index]
        store._versions[made.type, made.id][-1] = changed
        store._order[-1] = changed
        return changed

    store.put = changing


def _found_though_deleted(store: Store) -> None:
    def current(kind: str = "") -> Iterator[Json]:
        for (of, _), versions in store._versions.items():
            found = [each.resource for each in versions if each.resource is not None]
            if found and kind in {"", of}:
                yield found[-1]

    store.current = current


STORE: Mapping[str, Callable[[Store], None]] = {
    "forget versions on delete": _forget_versions,
    "client ids": _client_ids,
    "client meta": _client_meta,
    "merge updates": _merge,
    "same version": _same_version,
    "backwards": _backwards,
    "found though deleted": _found_though_deleted,
}


# ------------------------------------------------------------------------------------------------ with a look into the store
_REFUSED = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "not-supported"}]}


def _refused(status: int) -> Told:
    return Told(status, {"content-type": "application/fhir+json"}, dumps(_REFUSED))


def _place(asked: Asked) -> tuple[str, str]:
    steps = [each for each in asked.path.split("/") if each]
    return (steps[-2], steps[-1]) if len(steps) > 1 else ("", "")


def _no_update_as_create(ask: Ask, store: Store) -> Ask:
    async def answer(asked: Asked) -> Told:
        kind, name = _place(asked)
        if asked.method == "PUT" and not asked.query and not store.is_there(kind, name):
            return _refused(405)
        return await ask(asked)

    return answer


def _second_delete(status: int) -> Callable[[Ask, Store], Ask]:
    def around(ask: Ask, store: Store) -> Ask:
        async def answer(asked: Asked) -> Told:
            kind, name = _place(asked)
            if asked.method == "DELETE" and not asked.query and not store.is_there(kind, name):
                return _refused(status)
            return await ask(asked)

        return answer

    return around


def _deleted_for_ever(ask: Ask, store: Store) -> Ask:
    async def answer(asked: Asked) -> Told:
        kind, name = _place(asked)
        gone = store.newest(kind, name) is not None and not store.is_there(kind, name)
        return _refused(410) if asked.method == "PUT" and gone else await ask(asked)

    return answer


async def _searched(ask: Ask, asked: Asked) -> list[Json]:
    found = (await ask(replace(asked, method="GET", body=b"", headers={}))).object
    return [each["resource"] for each in found.get("entry", ())]


def _first_of_several(ask: Ask, _store: Store) -> Ask:
    async def answer(asked: Asked) -> Told:
        if asked.method == "PUT" and asked.query:
            found = await _searched(ask, asked)
            if len(found) > 1:
                name = found[0]["id"]
                body = dumps({**asked.object, "id": name})
                return await ask(replace(asked, path=f"{asked.path}/{name}", query="", body=body))
        return await ask(asked)

    return answer


def _sent_id_wins(ask: Ask, _store: Store) -> Ask:
    async def answer(asked: Asked) -> Told:
        name: str = (asked.json or {"id": ""}).get("id", "") if asked.method == "PUT" and asked.query else ""
        return await ask(replace(asked, path=f"{asked.path}/{name}", query="") if name else asked)

    return answer


def _deletes_several(ask: Ask, _store: Store) -> Ask:
    async def answer(asked: Asked) -> Told:
        if asked.method != "DELETE" or not parse_qsl(asked.query):
            return await ask(asked)
        for each in await _searched(ask, asked):
            await ask(replace(asked, path=f"{asked.path}/{each['id']}", query=""))
        return Told(204)

    return answer


AROUND: Mapping[str, Callable[[Ask, Store], Ask]] = {
    "no update as create": _no_update_as_create,
    "second delete fails": _second_delete(410),
    "second delete not found": _second_delete(404),
    "deleted for ever": _deleted_for_ever,
    "first of several": _first_of_several,
    "sent id wins": _sent_id_wins,
    "deletes several": _deletes_several,
}
