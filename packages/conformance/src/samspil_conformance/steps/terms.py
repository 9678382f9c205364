"""Steps on the operations of a terminology service. https://hl7.org/fhir/R4/terminology-service.html."""

from typing import Any

from pytest_bdd import parsers, then

from samspil_conformance.checks import check, equal
from samspil_core import loads

from .talk import OK, Json, as_json, entries, look, objects, part, resource_of

__all__: list[str] = []


def _parameters(world: Any) -> list[Json]:
    return objects(resource_of(world["answer"], "Parameters").get("parameter"))


def _value(parameter: Json) -> Any:
    return next((value for name, value in parameter.items() if name.startswith("value")), None)


def _named(parameters: list[Json], name: str) -> list[Any]:
    return [_value(each) for each in parameters if each.get("name") == name]


@then(parsers.parse('the parameter "{name}" is "{value}"'))
def _parameter(world: Any, name: str, value: str) -> None:
    found = _named(_parameters(world), name)
    check(found == [value], f"the parameter {name} is {value!r}", observed=found)


@then(parsers.parse("the result is {value:w}"))
def _result(world: Any, value: str) -> None:
    found = _named(_parameters(world), "result")
    check(found == [value == "true"], f"the parameter result is {value}", observed=found)


@then("there is a message")
def _message(world: Any) -> None:
    check(any(_named(_parameters(world), "message")), "a message says why")


@then("the wrong display is told")
def _wrong_display(world: Any) -> None:
    parameters = _parameters(world)
    check(any(_named(parameters, "message")), "a message says that the display is wrong")
    found = _named(parameters, "display")
    check(found == ["Intensive care"], "the right display is given", observed=found)


@then(parsers.parse('the property "{name}" is {value}'))
def _property(world: Any, name: str, value: str) -> None:
    found = [objects(each.get("part")) for each in _parameters(world) if each.get("name") == "property"]
    values = [_named(parts, "value") for parts in found if name in _named(parts, "code")]
    check(values == [[loads(value)]], f"the property {name} is {value}", observed=values)


@then(parsers.parse('the designation in "{language}" is "{value}"'))
def _designation(world: Any, language: str, value: str) -> None:
    found = [objects(each.get("part")) for each in _parameters(world) if each.get("name") == "designation"]
    values = [one for parts in found if language in _named(parts, "language") for one in _named(parts, "value")]
    check(value in values, f"the designation in {language} is {value}", observed=values)


@then("there are no matches")
def _no_matches(world: Any) -> None:
    found = [each for each in _parameters(world) if each.get("name") == "match"]
    check(not found, "there is no match", observed=len(found))


@then(parsers.parse('the matches are "{listed}"'))
def _matches(world: Any, listed: str) -> None:
    found = [objects(each.get("part")) for each in _parameters(world) if each.get("name") == "match"]
    told = [f"{_code(parts)} {' '.join(map(str, _named(parts, 'equivalence')))}" for parts in found]
    check(sorted(told) == sorted(listed.split(", ")), f"the matches are {listed}", observed=told)
    concepts = [each for parts in found for each in parts if each.get("name") == "concept"]
    coded = all("valueCoding" in each for each in concepts)
    check(coded, "the concept of a match is a Coding", observed=[sorted(each) for each in concepts])
    systems = {str(part({"c": one}, "c").get("system")) for parts in found for one in _named(parts, "concept")}
    check(
        systems == {"urn:samspil:conformance:places"},
        "each match tells the system of its code",
        observed=sorted(systems),
    )


def _code(parts: list[Json]) -> str:
    found = _named(parts, "concept")
    return str(as_json(found[0]).get("code")) if found else ""


def _contained(value_set: Json) -> list[Json]:
    waiting = objects(part(value_set, "expansion").get("contains"))
    found: list[Json] = []
    while waiting:
        one = waiting.pop(0)
        found.append(one)
        waiting += objects(one.get("contains"))
    return found


@then(parsers.re(r'the expansion holds exactly "(?P<listed>.*)"'))
def _expansion(world: Any, listed: str) -> None:
    found = _contained(resource_of(world["answer"], "ValueSet"))
    codes = sorted(str(each.get("code")) for each in found)
    check(codes == sorted(listed.split()), f"the expansion holds exactly {listed}", observed=codes)
    systems = {each.get("system") for each in found}
    check(
        systems <= {"urn:samspil:conformance:units"}, "each code tells its system", observed=sorted(map(str, systems))
    )


@then("the expansion has an identifier and a time")
def _expansion_head(world: Any) -> None:
    found = part(resource_of(world["answer"], "ValueSet"), "expansion")
    check(found.get("timestamp"), "expansion.timestamp is there", observed=sorted(found))
    check(resource_of(world["answer"]).get("status"), "ValueSet.status is there, as FHIR asks of every value set")
    equal(resource_of(world["answer"]).get("url"), "urn:samspil:conformance:wards", "the URL of the expanded value set")


@then(parsers.parse("the total of the expansion, where there is one, is {number:d}"))
def _expansion_total(world: Any, number: int) -> None:
    total = part(resource_of(world["answer"], "ValueSet"), "expansion").get("total", number)
    check(total == number, f"expansion.total is {number}", observed=total)


@then(parsers.parse('the code "{code}" has the display "{display}"'))
def _display(world: Any, code: str, display: str) -> None:
    found = [
        each.get("display") for each in _contained(resource_of(world["answer"], "ValueSet")) if each.get("code") == code
    ]
    check(found == [display], f"the display of {code} is {display}", observed=found)


@then(parsers.parse('pages of {number:d} lead through exactly "{listed}"'))
def _pages(sut: Any, world: Any, number: int, listed: str) -> None:
    wanted = listed.split()
    found = [str(each.get("code")) for each in _contained(resource_of(world["answer"], "ValueSet"))]
    check(len(found) <= number, f"a page holds at most {number} codes", observed=len(found))
    for offset in range(number, len(wanted) + number, number):
        answer = look(sut, world, f"ValueSet/$expand?url=urn:samspil:conformance:all&count={number}&offset={offset}")
        page = _contained(resource_of(answer, "ValueSet")) if answer.status_code == OK else []
        found += [str(each.get("code")) for each in page]
    check(sorted(found) == sorted(wanted), "the pages together hold each code once", observed=found)


@then(parsers.parse('the service states the operations "{listed}"'))
def _operations(world: Any, listed: str) -> None:
    rest = objects(resource_of(world["answer"], "CapabilityStatement").get("rest"))
    told = [each for one in rest for each in objects(one.get("operation"))]
    told += [each for one in rest for kind in objects(one.get("resource")) for each in objects(kind.get("operation"))]
    names = {str(each.get("name")).removeprefix("$") for each in told}
    check(set(listed.split()) <= names, f"the operations {listed} are stated", observed=sorted(names))


@then(parsers.parse('the service states the code system "{url}"'))
def _code_system(world: Any, url: str) -> None:
    found = objects(resource_of(world["answer"], "TerminologyCapabilities").get("codeSystem"))
    told = {str(each.get("uri")).partition("|")[0] for each in found}
    check(url in told, f"the code system {url} is stated", observed=sorted(told))


@then(parsers.parse('the search finds one {kind:w} of the URL "{url}"'))
def _one_of_url(world: Any, kind: str, url: str) -> None:
    found = [part(each, "resource") for each in entries(resource_of(world["answer"], "Bundle"))]
    told = [
        (each.get("resourceType"), each.get("url")) for each in found if each.get("resourceType") != "OperationOutcome"
    ]
    check(told == [(kind, url)], f"the {kind} of that URL is found, and nothing else", observed=told)
