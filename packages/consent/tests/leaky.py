"""A FHIR server that knows nothing of consent, and leaks in every way that servers have leaked. For the bypass suite."""

import asyncio
import json
from urllib.parse import parse_qs


class Leaky:
    """An ASGI application over a list of resources; `asked` remembers the paths it was asked for."""

    def __init__(self, resources, *, broken=False):
        self.resources = [dict(one) for one in resources]
        self.broken = broken
        self.asked = []

    async def __call__(self, scope, receive, send):
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.asked.append((scope["method"], scope["path"], scope["query_string"].decode()))
        if self.broken:
            raise RuntimeError("out of order")
        status, value, headers = self.answer(scope, body)
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        names = [(b"content-type", b"application/fhir+json"), (b"x-powered-by", b"leaky"), *headers]
        await send({"type": "http.response.start", "status": status, "headers": names})
        await send({"type": "http.response.body", "body": data})

    def answer(self, scope, body):  # noqa: C901, PLR0911  one case a route
        steps = [one for one in scope["path"].split("/") if one]
        query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
        if (b"if-none-match", b'W/"1"') in scope["headers"]:
            return 304, b"", []
        match (scope["method"], steps):
            case ("GET", ["metadata"]):
                return 200, {"resourceType": "CapabilityStatement"}, []
            case ("GET", [kind]):
                return (
                    200,
                    self.search(scope["path"], [one for one in self.resources if one["resourceType"] == kind], query),
                    [],
                )
            case ("GET", [kind, name]):
                return self.read(kind, name)
            case ("GET", [kind, name, "_history", _]):
                return self.read(kind, name)
            case ("GET", [kind, name, "_history"]):
                found = [one for one in self.resources if (one["resourceType"], one["id"]) == (kind, name)]
                gone = [{"fullUrl": f"{kind}/{name}", "request": {"method": "DELETE", "url": f"{kind}/{name}"}}]
                return (
                    200,
                    {
                        "resourceType": "Bundle",
                        "type": "history",
                        "total": 9,
                        "entry": [{"resource": one} for one in found] + gone,
                    },
                    [],
                )
            case ("GET", [_, _, "$everything"]):
                return 200, self.search(scope["path"], self.resources, query), []
            case ("GET", [_, _, kind]):
                return (
                    200,
                    self.search(scope["path"], [one for one in self.resources if one["resourceType"] == kind], query),
                    [],
                )
            case ("GET", ["files", _]):
                return 200, b"\n".join(json.dumps(one).encode() for one in self.resources) + b"\nnot json\n", []
            case (_, [kind, *_]):
                return (
                    200,
                    {**json.loads(body or b"{}"), "resourceType": kind, "id": "new"} if body else {},
                    [(b"location", b"x/new")],
                )
        return 404, {"resourceType": "OperationOutcome", "issue": [{"diagnostics": "no route"}]}, []

    def read(self, kind, name):
        for one in self.resources:
            if (one["resourceType"], one["id"]) == (kind, name):
                return 200, one, [(b"etag", b'W/"1"'), (b"last-modified", b"Mon, 01 Jan 2024 00:00:00 GMT")]
        return (
            404,
            {"resourceType": "OperationOutcome", "issue": [{"diagnostics": f"{kind}/{name} was never here"}]},
            [],
        )

    def search(self, path, found, query):
        count = int(query.get("_count", ["2"])[0])
        count = min(count, 2)  # a server may answer fewer
        at = int(query.get("page", ["0"])[0])
        if query.get("_summary") == ["count"]:
            return {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
        shown = found[at * count : at * count + count]
        entries = [
            {"fullUrl": f"http://x/{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": "match"}}
            for one in shown
        ]
        if "_include" in query or "_revinclude" in query:
            others = [one for one in self.resources if one not in found]
            entries += [{"resource": one, "search": {"mode": "include"}} for one in others]
        entries.append(
            {
                "resource": {
                    "resourceType": "OperationOutcome",
                    "issue": [{"diagnostics": f"searched {len(found)} resources"}],
                },
                "search": {"mode": "outcome"},
            }
        )
        links = [{"relation": "self", "url": f"http://x{path}"}]
        if (at + 1) * count < len(found):
            rest = "&".join(f"{name}={value[0]}" for name, value in query.items() if name != "page")
            links.append({"relation": "next", "url": f"http://x{path}?{rest}&page={at + 1}"})
        return {
            "resourceType": "Bundle",
            "id": str(len(found)),
            "type": "searchset",
            "total": len(found),
            "link": links,
            "entry": entries,
        }


def call(app, method, url, body=b"", headers=()):
    """One HTTP request to an ASGI application: status, headers, body."""
    path, _, query = url.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": list(headers),
    }
    sent = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    start, *bodies = sent
    return start["status"], sorted(start["headers"]), b"".join(one.get("body", b"") for one in bodies)
