"""TestScripts from files: JSON and XML, and the spelling of other releases brought to that of R4."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from samspil_core import NotJson, loads

from .named_rules import rule_of
from .script import Action, Assert, Fixture, Operation, Script, Section, Variable
from .xmltree import Element, NotXml, local, parse_xml

__all__ = ["BadScript", "read_script", "read_scripts"]

Json = Mapping[str, Any]
_NAMESPACE = "http://hl7.org/fhir"
_MANY = frozenset(
    [
        "fixture",
        "profile",
        "variable",
        "action",
        "test",
        "requestHeader",
        "extension",
        "modifierExtension",
        "origin",
        "destination",
        "capability",
        "link",
        "contact",
        "identifier",
        "useContext",
        "jurisdiction",
        "telecom",
        "coding",
        "contained",
        "parameter",
        "common",
        "testSystem",
        "scope",
        "ruleset",
        "rule",
    ]
)
_TRUTHS = frozenset(
    [
        "autocreate",
        "autodelete",
        "encodeRequestUrl",
        "warningOnly",
        "navigationLinks",
        "stopTestOnFail",
        "required",
        "validated",
        "experimental",
        "valueBoolean",
        "defaultManualCompletion",
    ]
)
_STOP = "testscript-stopTestOnFail"
_KNOWN = (_STOP, "assert-subtest", "assert-subtest-each", "artifact-effectivePeriod", "CL-ext-SUT")
"""How the URLs of extensions end that are understood, or say nothing about a judgement."""
_NEWER = {"testSystem": "R6", "common": "R6", "scope": "R5"}


class BadScript(ValueError):
    """A file is no TestScript that can be run; the text says why, the path which file."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


def read_scripts(path: Path) -> Iterator[Script | BadScript]:
    """The script of a file, or all of a folder by path; a file that is no TestScript gives the reason."""
    files = sorted(each for each in path.rglob("*") if each.suffix in {".json", ".xml"}) if path.is_dir() else [path]
    for file in files:
        try:
            yield read_script(file)
        except BadScript as fault:
            if not path.is_dir() or "no TestScript" not in fault.why:
                yield fault


def read_script(path: Path) -> Script:
    """The script of a JSON or XML file. Raises `BadScript`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadScript(path, error.strerror or type(error).__name__) from None
    content = _xml(path, data) if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else _json(path, data)
    if content.get("resourceType") != "TestScript":
        raise BadScript(path, "this is no TestScript")
    return _script(path, content)


def _json(path: Path, data: bytes) -> Json:
    try:
        content = loads(data)
    except NotJson as error:
        raise BadScript(path, f"this is no TestScript: {error}") from None
    return cast("Json", content) if isinstance(content, dict) else {}


def _xml(path: Path, data: bytes) -> Json:
    try:
        root = parse_xml(data)
    except NotXml as error:
        raise BadScript(path, f"this is no XML: {error}") from None
    made = cast("dict[str, Any]", _element(root)) if len(root) else {}
    return {"resourceType": local(root)[1], **made}


def _element(node: Element) -> Any:
    name = local(node)[1]
    made: dict[str, Any] = {str(key): value for key, value in node.attrib.items() if key != "value"}
    for child in node:
        namespace, key = local(child)
        if namespace != _NAMESPACE:
            continue
        if key == "contained" and len(child):
            made.setdefault(key, []).append(child[0])
        elif key in _MANY and not (name in {"operation", "assert"} and key in {"origin", "destination"}):
            made.setdefault(key, []).append(_element(child))
        else:
            made[key] = _element(child)
    value = node.get("value")
    if value is None:
        return made
    plain: Any = value.strip() == "true" if name in _TRUTHS else value
    return {**made, "value": plain} if made else plain


def _script(path: Path, content: Json) -> Script:
    parts: list[Section] = []
    for kind in ("setup", "test", "teardown"):
        found = _list(content.get(kind))
        for number, part in enumerate(found):
            place = f"TestScript.{kind}[{number}]" if kind == "test" else f"TestScript.{kind}"
            actions = _actions(part, place)
            parts.append(Section(kind, _text(part, "name"), _text(part, "id"), _text(part, "description"), actions))
    common = {
        _text(each, "key"): _actions(each, f"TestScript.common[{number}]")
        for number, each in enumerate(_list(content.get("common")))
    }
    return Script(
        path=path,
        id=_text(content, "id"),
        url=_text(content, "url"),
        name=_text(content, "name") or _text(content, "id") or path.stem,
        title=_text(content, "title"),
        release=_release(content),
        fixtures=[_fixture(each, number) for number, each in enumerate(_list(content.get("fixture")))],
        profiles={_text(each, "id"): _profile(each) for each in _list(content.get("profile"))},
        variables={_text(each, "name"): _variable(each) for each in _list(content.get("variable"))},
        origins=_ends(content, "origin"),
        destinations=_ends(content, "destination"),
        sections=parts,
        common=common,
        unknown=[name for each in _list(content.get("extension")) if (name := _unknown(each))],
        content=content,
    )


def _release(content: Json) -> str:
    """The release whose form a script has, by the elements that only some releases have, or that R4 asks for."""
    for name, release in _NEWER.items():
        if name in content:
            return release
    operations = list(_found(content, "operation"))
    asserts = list(_found(content, "assert"))
    if any("stopTestOnFail" in each for each in asserts) and any(
        "value" in each for each in _list(content.get("profile"))
    ):
        return "R5"
    older = any("encodeRequestUrl" not in each for each in operations) or any(
        "warningOnly" not in each for each in asserts
    )
    return "STU3" if older and (operations or asserts) else "R4"


def _found(content: Json, name: str) -> Iterator[Json]:
    parts = [part for kind in ("setup", "test", "teardown") for part in _list(content.get(kind))]
    for part in parts:
        for action in _list(part.get("action")):
            if isinstance(action.get(name), Mapping):
                yield action[name]


def _actions(part: Json, place: str) -> list[Action]:
    made: list[Action] = []
    for number, action in enumerate(_list(part.get("action"))):
        at = f"{place}.action[{number}]"
        if isinstance(action.get("operation"), Mapping):
            made.append(_operation(action["operation"], f"{at}.operation"))
        if isinstance(action.get("assert"), Mapping):  # beside an operation it is wrong, and judged all the same
            made.append(_assert(action["assert"], f"{at}.assert"))
        if action.get("common"):
            key = _text(_list(action["common"])[0], "keyRef")
            made.append(Operation(f"{at}.common", common=key))
    return made


def _operation(said: Json, place: str) -> Operation:
    kind = said.get("type")
    headers = [(_text(each, "field"), _text(each, "value")) for each in _list(said.get("requestHeader"))]
    return Operation(
        place=place,
        code=_text(cast("Json", kind), "code") if isinstance(kind, Mapping) else "",
        method=_text(said, "method"),
        resource=_text(said, "resource"),
        url=_text(said, "url"),
        params=_text(said, "params"),
        target=_text(said, "targetId"),
        source=_text(said, "sourceId"),
        request_id=_text(said, "requestId"),
        response_id=_text(said, "responseId"),
        accept=_text(said, "accept"),
        content_type=_text(said, "contentType"),
        origin=_number(said, "origin"),
        destination=_number(said, "destination"),
        encode=said.get("encodeRequestUrl", True) is not False,
        headers=headers,
        label=_text(said, "label"),
        description=_text(said, "description"),
        unknown=[str(each.get("url", "")) for each in _list(said.get("modifierExtension"))],
    )


def _assert(said: Json, place: str) -> Assert:
    extensions = _list(said.get("extension")) + _list(said.get("modifierExtension"))
    stops = [each for each in extensions if str(each.get("url", "")).endswith(_STOP)]
    expression, path = _language(said.get("expression"), _text(said, "path"))
    compared, compared_path = _language(said.get("compareToSourceExpression"), _text(said, "compareToSourcePath"))
    unknown = [name for name in ("rule", "ruleset") if name in said]
    links = said.get("navigationLinks")
    stated = [said.get("stopTestOnFail"), *(each.get("valueBoolean") for each in stops)]
    stop = next((each for each in stated if isinstance(each, bool)), None)
    return Assert(
        place=place,
        direction=cast("Any", _text(said, "direction")),
        operator=_text(said, "operator"),
        value=_text(said, "value") if "value" in said else None,
        source=_text(said, "sourceId"),
        compare_source=_text(said, "compareToSourceId"),
        compare_expression=compared,
        compare_path=compared_path,
        content_type=_text(said, "contentType"),
        expression=expression,
        header=_text(said, "headerField"),
        minimum=_text(said, "minimumId"),
        navigation_links=links if isinstance(links, bool) else None,
        path=path,
        request_method=_text(said, "requestMethod"),
        request_url=_text(said, "requestURL"),
        resource=_text(said, "resource"),
        response=_text(said, "response"),
        response_code=_text(said, "responseCode"),
        profile=_text(said, "validateProfileId"),
        warning_only=said.get("warningOnly") is True,
        stop=stop,
        unknown=[*unknown, *(name for each in extensions if (name := _unknown(each)))],
        extensions=extensions,
        label=_text(said, "label"),
        description=_text(said, "description"),
    )


def _unknown(extension: Json) -> str:
    """The URL of an extension that says something about the judgement which this runner does not know of."""
    url = str(extension.get("url", ""))
    return "" if url.endswith(_KNOWN) or rule_of([extension]) else url


def _language(said: Any, path: str) -> tuple[str, str]:
    """FHIRPath and path; R6 has both in one element, told apart by the language."""
    if not isinstance(said, Mapping):
        return str(said or ""), path
    told = cast("Json", said)
    text = _text(told, "expression")
    return (text, path) if "fhirpath" in _text(told, "language") else ("", text)


def _variable(said: Json) -> Variable:
    expression, path = _language(said.get("expression"), _text(said, "path"))
    return Variable(
        name=_text(said, "name"),
        expression=expression,
        path=path,
        header=_text(said, "headerField"),
        source=_text(said, "sourceId"),
        default=_text(said, "defaultValue"),
        hint=_text(said, "hint") or _text(said, "description"),
    )


def _fixture(said: Json, number: int) -> Fixture:
    resource = said.get("resource")
    told: Json = cast("Json", resource) if isinstance(resource, Mapping) else {}
    return Fixture(
        id=_text(said, "id") or f"fixture[{number}]",
        reference=_text(told, "reference"),
        type=_text(told, "type"),
        create=said.get("autocreate") is True,
        delete=said.get("autodelete") is True,
    )


def _profile(said: Json) -> str:
    return _text(said, "reference") or _text(said, "value")


def _ends(content: Json, name: str) -> dict[int, str]:
    made: dict[int, str] = {}
    for each in _list(content.get(name)):
        index, profile = _number(each, "index"), each.get("profile")
        if index is not None:
            made[index] = _text(cast("Json", profile), "code") if isinstance(profile, Mapping) else ""
    return made


def _number(said: Json, name: str) -> int | None:
    text = _text(said, name)
    return int(text) if text.isdigit() else None


def _text(said: Json, name: str) -> str:
    value = said.get(name)
    if value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _list(value: Any) -> list[Json]:
    found = cast("Sequence[Any]", value) if isinstance(value, list) else [value]
    return [cast("Json", each) for each in found if isinstance(each, Mapping)]
