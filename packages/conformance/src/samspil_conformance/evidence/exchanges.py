"""Each exchange of a run as a file that a person can read."""

import json
from collections.abc import Mapping
from typing import Any

from samspil_conformance.run import Run

__all__ = ["exchange_files"]


def exchange_files(run: Run) -> dict[str, bytes]:
    """The exchanges by file name, `exchanges/001.http` and on, as they went over the wire but for what is masked."""
    return {f"exchanges/{one['number']:03}.http": _text(one).encode() for one in run.of("exchange")}


def _text(one: Mapping[str, Any]) -> str:
    head = f"# {one['number']:03} {one['direction']} {one['at']} {one.get('scenario', '')} step {one.get('step', '')}\n"
    request, response = one["request"], one["response"]
    if one["direction"] in {"out", "in"}:
        asked = f"{request['method']} {request['url']} HTTP/1.1\n{_message(request)}"
        status = f"# {response['fault']}" if "fault" in response else f"HTTP/1.1 {response['status']}"
        return f"{head}{asked}\n\n{status}\n{_message(response)}\n"
    return f"{head}{_json(request)}\n\n{_json(response)}\n"


def _message(part: Mapping[str, Any]) -> str:
    headers = "".join(f"{name}: {value}\n" for name, value in part.get("headers", []))
    note = "# body in base64\n" if part.get("encoding") else ""
    return f"{headers}\n{note}{part.get('body', '')}"


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
