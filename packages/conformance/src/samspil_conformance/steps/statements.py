"""Steps that judge the CapabilityStatement: its form, and whether it is true."""

from typing import Any

import httpx
from pytest_bdd import parsers, then

from samspil_conformance.checks import check
from samspil_core import NotAPrimitive, parse_date_time

from .statement import resource_stated, statement
from .talk import NOT_FOUND, OK, Json, as_list, content_type, look, objects, outcome_of, part, resource_of

__all__: list[str] = []

_STATUS = ("draft", "active", "retired", "unknown")
_KINDS = ("instance", "capability", "requirements")
_TEXT = (
    "url",
    "version",
    "name",
    "title",
    "status",
    "date",
    "publisher",
    "kind",
    "fhirVersion",
    "description",
    "copyright",
)
_LISTS = (
    "contact",
    "instantiates",
    "imports",
    "format",
    "patchFormat",
    "implementationGuide",
    "rest",
    "messaging",
    "document",
)
_RESOURCE: dict[str, type] = {
    "type": str,
    "profile": str,
    "supportedProfile": list,
    "interaction": list,
    "versioning": str,
    "readHistory": bool,
    "updateCreate": bool,
    "conditionalCreate": bool,
    "conditionalRead": str,
    "conditionalUpdate": bool,
    "conditionalDelete": str,
    "searchInclude": list,
    "searchRevInclude": list,
    "searchParam": list,
    "operation": list,
}
_INTERACTIONS = (
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "create",
    "search-type",
)
_MIME = {"json": "application/fhir+json", "xml": "application/fhir+xml"}
_VALUES = {
    "date": "ge2000-01-01",
    "number": "1",
    "quantity": "1",
    "token": "a",
    "string": "a",
    "reference": "Patient/a",
    "uri": "urn:a",
    "composite": "a$b",
}


@then("the statement has what FHIR asks of every statement")
def _whole(world: Any) -> None:
    found = resource_of(world["answer"], "CapabilityStatement")
    check(found.get("status") in _STATUS, "status is one of FHIR's codes", observed=found.get("status"))
    check(found.get("kind") in _KINDS, "kind is one of FHIR's codes", observed=found.get("kind"))
    check(_is_time(found.get("date")), "date is a dateTime", observed=found.get("date"))
    check(found.get("format"), "format names the formats that the server speaks")
    modes = [each.get("mode") for each in objects(found.get("rest"))]
    check("server" in modes, "rest has an entry of mode server", observed=modes)
    told = found.get("implementation") or found.get("software") or found.get("description")
    check(told, "the statement describes the implementation or the software (rule cpb-2)")


@then("its FHIR version is R4")
def _version(world: Any) -> None:
    found = resource_of(world["answer"], "CapabilityStatement").get("fhirVersion")
    check(str(found).startswith("4."), "fhirVersion is that of R4: 4.0.1", observed=found)


@then("each element has the type that R4 gives it")
def _types(world: Any) -> None:
    found = resource_of(world["answer"], "CapabilityStatement")
    for name in _TEXT:
        check(isinstance(found.get(name, ""), str), f"{name} is a text", observed=found.get(name))
    for name in _LISTS:
        check(isinstance(found.get(name, []), list), f"{name} is a list", observed=found.get(name))
    for rest in objects(found.get("rest")):
        for resource in objects(rest.get("resource")):
            _resource_types(resource)


def _resource_types(resource: Json) -> None:
    check(resource.get("type"), "each resource of the statement has a type", observed=resource)
    for name, kind in _RESOURCE.items():
        value = resource.get(name, kind())
        check(isinstance(value, kind), f"rest.resource.{name} is a {_words(kind)}", observed=value)
    codes = [each.get("code") for each in objects(resource.get("interaction"))]
    unknown = [code for code in codes if code not in _INTERACTIONS]
    check(not unknown, "each interaction is one of FHIR's codes", observed=unknown)
    for each in objects(resource.get("searchParam")):
        named = isinstance(each.get("name"), str) and each.get("type") in {*_VALUES, "special"}
        check(named, "each search parameter has a name and a type of FHIR", observed=each)


def _words(kind: type) -> str:
    return {str: "text", list: "list", bool: "truth value"}[kind]


@then(parsers.parse("each search parameter stated of {kind:w} is known to the server"))
def _parameters_known(sut: Any, world: Any, kind: str) -> None:
    told = objects(resource_stated(sut, world, kind).get("searchParam"))
    for each in told:
        if each.get("type") == "special":
            continue
        url = f"{kind}?{each['name']}={_VALUES[each['type']]}&_count=1"
        answer = look(sut, world, url, headers={"Prefer": "handling=strict"})
        known = answer.status_code == OK
        check(known, f"the parameter {each['name']}, which is stated, is known", observed=answer.status_code)
        check(not _warned(answer), f"the parameter {each['name']} is not passed over", observed=each["name"])


def _warned(answer: httpx.Response) -> bool:
    """Whether a searchset says that something was not understood."""
    found = resource_of(answer, "Bundle")
    issues = [
        issue
        for entry in objects(found.get("entry"))
        if part(entry, "resource").get("resourceType") == "OperationOutcome"
        for issue in objects(part(entry, "resource").get("issue"))
    ]
    return any(issue.get("code") == "not-supported" for issue in issues)


@then("each type of resource that is stated can be searched or read")
def _types_there(sut: Any, world: Any) -> None:
    for rest in objects(statement(sut, world).get("rest")):
        for each in objects(rest.get("resource")):
            codes = [one.get("code") for one in objects(each.get("interaction"))]
            if "search-type" in codes:
                status = look(sut, world, f"{each['type']}?_count=1").status_code
                check(status == OK, f"{each['type']}, which is stated, can be searched", observed=status)
            elif "read" in codes:
                answer = look(sut, world, f"{each['type']}/samspil-nobody")
                there = answer.status_code != NOT_FOUND or outcome_of(answer) is not None
                check(there, f"{each['type']}, which is stated, is known", observed=answer.status_code)


@then("the server speaks each format that it states")
def _formats(sut: Any, world: Any) -> None:
    for each in as_list(statement(sut, world).get("format")):
        wanted = _MIME.get(str(each), str(each))
        answer = look(sut, world, "metadata", headers={"Accept": wanted})
        kind, _ = content_type(answer)
        spoken = answer.status_code == OK and kind in {wanted, wanted.replace("fhir+", "")}
        check(spoken, f"an answer in {each}, which is stated", observed=f"{answer.status_code} {kind}")


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(parse_date_time(value))
    except NotAPrimitive:
        return False
