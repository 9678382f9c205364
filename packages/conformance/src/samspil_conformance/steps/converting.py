"""Steps on converters of HL7 v2: any converter behind a command that reads a message and writes a Bundle."""

import re
from collections.abc import Iterator
from typing import Any, cast

from pytest_bdd import given, parsers, then, when

from samspil_conformance.checks import check, equal
from samspil_conformance.elements import foreign
from samspil_core import NotAPrimitive, NotJson, dumps, loads, parse_date_time

from .talk import Json, as_json, as_list, at_path, entries, objects, part, well_formed

__all__ = ["bundle_of", "moment_of", "reported_in", "resources_of", "words_of"]

_ENDS = {"CR": "\r", "LF": "\n", "CR LF": "\r\n"}
_INPUTS = {"nothing": b"", "a text": b"Dear colleague, the patient is well.", "bytes": b"\x00\x01\x02\xff"}


@given("the message")
def _message(world: Any, docstring: str) -> None:
    world["segments"] = docstring.splitlines()
    world["encoding"] = "utf-8"
    world["end"] = "\r"


@given(parsers.parse('the message says and uses the character set "{told}", "{used}"'))
def _charset(world: Any, told: str, used: str) -> None:
    world["segments"] = [each.replace("UNICODE UTF-8", told) for each in world["segments"]]
    world["encoding"] = used


@given(parsers.parse('the segments end with "{end}"'))
def _ends(world: Any, end: str) -> None:
    world["end"] = _ENDS[end]


@given(parsers.parse('the input "{name}"'))
def _input(world: Any, name: str) -> None:
    world["input"] = _INPUTS[name]


@given(parsers.parse("the field {segment:l}-{number:d} is {value}"))
def _field(world: Any, segment: str, number: int, value: str) -> None:
    def changed(line: str) -> str:
        fields = line.split("|")
        if fields[0] == segment:
            fields[number] = value
        return "|".join(fields)

    world["segments"] = [changed(each) for each in world["segments"]]


@when("it is converted")
def _converted(sut: Any, world: Any) -> None:
    world["done"] = sut.command(_bytes(world))
    found = as_json(_read(world["done"].out))
    world["bundle"] = found.get("bundle", found)
    world["report"] = part(found, "report")


@when("it is converted again")
def _again(sut: Any, world: Any) -> None:
    world["again"] = sut.command(_bytes(world))


def _bytes(world: Any) -> bytes:
    if "input" in world:
        return cast("bytes", world["input"])
    return str(world["end"]).join([*world["segments"], ""]).encode(world["encoding"])


def _read(out: bytes) -> Any:
    try:
        return loads(out)
    except NotJson:
        return None


def bundle_of(world: Any) -> Json:
    """The Bundle that the converter gave; judges that there is one."""
    found = world["bundle"]
    is_one = isinstance(found, dict) and cast("Json", found).get("resourceType") == "Bundle"
    check(is_one, "the output is a Bundle, or holds one", observed=world["done"].out[:60])
    return cast("Json", found)


def resources_of(world: Any, kind: str) -> list[Json]:
    """The resources of a type in the Bundle; of every type for `any`."""
    found = (part(each, "resource") for each in entries(bundle_of(world)))
    return [each for each in found if kind in {each.get("resourceType"), "any"}]


@then(parsers.parse('there is a Bundle of type "{types}"'))
def _type(world: Any, types: str) -> None:
    found = bundle_of(world).get("type")
    check(found in types.split(), f"Bundle.type is one of {types}", observed=found)
    equal(world["done"].status, 0, "the exit status")


@then(parsers.parse("there is {number:d} {kind:w}"))
@then(parsers.parse("there are {number:d} {kind:w}s"))
def _count(world: Any, number: int, kind: str) -> None:
    found = len(resources_of(world, kind))
    check(found == number, f"there are {number} of type {kind}", observed=found)


@then("no element is null or empty")
def _well_formed(world: Any) -> None:
    broken = well_formed(bundle_of(world))
    check(not broken, "no element is null or empty", observed=broken)


@then("each entry has a full URL and a resource")
def _whole(world: Any) -> None:
    for each in entries(bundle_of(world)):
        check(
            re.match(r"(urn:uuid:|urn:oid:|https?://)", str(each.get("fullUrl", ""))),
            "an entry has a full URL",
            observed=each.get("fullUrl"),
        )
        check(part(each, "resource").get("resourceType"), "an entry has a resource")
        odd = list(foreign(part(each, "resource")))
        check(not odd, "every element is one of R4, in its form", observed=odd)


@then("no two entries have one full URL")
def _distinct(world: Any) -> None:
    urls = [each.get("fullUrl") for each in entries(bundle_of(world))]
    check(len(set(urls)) == len(urls), "full URLs differ", observed=len(urls) - len(set(urls)))


@then("each reference within the Bundle leads to an entry")
def _references(world: Any) -> None:
    bundle = bundle_of(world)
    there = {str(each.get("fullUrl")) for each in entries(bundle)}
    there |= {
        f"{part(each, 'resource').get('resourceType')}/{part(each, 'resource').get('id')}" for each in entries(bundle)
    }
    told = [each for each in _references_in(bundle) if each in there or not each.startswith(("#", "http"))]
    broken = [each for each in told if each not in there and "?" not in each]
    check(told, "the Bundle has references between its entries")
    check(not broken, "each reference leads to an entry", observed=broken[:3])


def _references_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in cast("Json", value).items():
            if name == "reference" and isinstance(each, str):
                yield each
            else:
                yield from _references_in(each)
    for each in as_list(value):
        yield from _references_in(each)


@then("each Observation refers to the Patient as its subject")
def _subjects(world: Any) -> None:
    patients = [each for each in entries(bundle_of(world)) if part(each, "resource").get("resourceType") == "Patient"]
    known = {str(each.get("fullUrl")) for each in patients} | {
        f"Patient/{part(each, 'resource').get('id')}" for each in patients
    }
    for each in resources_of(world, "Observation"):
        found = part(each, "subject").get("reference")
        check(found in known, "Observation.subject is the Patient of the message", observed=found)


@then(parsers.parse('the {kind:w} has "{path}" of the moment "{moment}"'))
def _moment(world: Any, kind: str, path: str, moment: str) -> None:
    found = at_path(resources_of(world, kind), f"0.{path}")
    check(moment_of(found) == moment_of(moment), f"{path} is the moment {moment}", observed=found)


def moment_of(text: Any) -> Any:
    """The moment at which a time begins, or None where it is none."""
    try:
        return parse_date_time(str(text)).earliest()
    except (NotAPrimitive, ValueError):
        return None


@then(parsers.re(r'the (?P<kind>\w+) has "(?P<path>[^"]+)" (?P<value>"[^"]*"|[0-9.]+)$'))
def _has(world: Any, kind: str, path: str, value: str) -> None:
    found = [at_path(each, path) for each in resources_of(world, kind)]
    wanted = loads(value)
    same = any(str(each) == str(wanted) and isinstance(each, type(wanted)) for each in found)
    check(same, f"{kind}.{path} is {value}", observed=found[:3])


@then(parsers.parse('the Patient has a telecom of value "{value}"'))
def _telecom(world: Any, value: str) -> None:
    found = [one.get("value") for each in resources_of(world, "Patient") for one in objects(each.get("telecom"))]
    check(value in found, f"a telecom has the value {value}", observed=found)


@then(parsers.parse('some Observation holds the text "{text}"'))
def _text(world: Any, text: str) -> None:
    found = [each for each in resources_of(world, "Observation") if text in words_of(each)]
    check(
        found,
        f"an Observation holds {text!r}",
        observed=[at_path(each, "valueString") for each in resources_of(world, "Observation")],
    )


@then(parsers.parse('nothing in the Bundle holds the text "{text}"'))
def _no_text(world: Any, text: str) -> None:
    wanted = text.replace('\\"', '"')
    check(wanted not in words_of(bundle_of(world)), f"{wanted!r} is in no element")


@then(parsers.parse('the text "{text}" is in the Bundle or reported at "{position}"'))
def _text_or_reported(world: Any, text: str, position: str) -> None:
    there = text in words_of(bundle_of(world)) or position in reported_in(world)
    check(there, f"{text!r} is in the Bundle, or {position} is reported", observed=sorted(reported_in(world))[:5])


def words_of(value: Any) -> str:
    """Every text of a JSON value, one a line."""
    if isinstance(value, dict):
        return "\n".join(words_of(each) for each in cast("Json", value).values())
    if isinstance(value, list):
        return "\n".join(words_of(each) for each in cast("list[Any]", value))
    return str(value)


# ------------------------------------------------------------------------------------------------ loss
def reported_in(world: Any) -> set[str]:
    """The positions that the report says did not come over."""
    return {str(each.get("position")) for each in objects(part({"r": world["report"]}, "r").get("unmapped"))}


def _leaves(world: Any) -> Iterator[tuple[str, str]]:
    """Every populated position of the message with its value: `PID-5.1`, `PID-5[2].1`, `OBX[2]-5`."""
    seen: dict[str, int] = {}
    for line in world["segments"]:
        name, *fields = line.split("|")
        seen[name] = seen.get(name, 0) + 1
        segment = name if seen[name] == 1 else f"{name}[{seen[name]}]"
        first = 1
        if name == "MSH":
            yield "MSH-1", "|"
            yield "MSH-2", fields[0]
            fields, first = fields[1:], 3
        for number, field in enumerate(fields, start=first):
            yield from _field_leaves(f"{segment}-{number}", field)


def _field_leaves(place: str, field: str) -> Iterator[tuple[str, str]]:
    for at, repetition in enumerate(field.split("~"), start=1):
        own = place if at == 1 else f"{place}[{at}]"
        components = repetition.split("^")
        for number, component in enumerate(components, start=1):
            if component:
                yield (own if len(components) == 1 else f"{own}.{number}"), component


_KEPT = re.compile(r"[\wæøåÆØÅ]{4,}")
_CODED = frozenset({"MSH-9", "MSH-12", "MSH-18", "MSH-7", "PID-7", "OBX-6.3"})


@then("each value of the message is in the Bundle, or its position is reported")
def _none_lost(world: Any) -> None:
    text = words_of(bundle_of(world))
    reported = reported_in(world)
    lost = [
        place
        for place, value in _leaves(world)
        if _telling(place, value) and value not in text and place not in reported
    ]
    check(not lost, "no value is lost in silence", observed=lost)


def _telling(place: str, value: str) -> bool:
    """Whether a value must come over as it is written: not a code, a time or a text with escapes."""
    segment = place.partition(".")[0]
    is_time = bool(re.fullmatch(r"\d{8,14}([+-]\d{4})?", value)) and not place.startswith(("PID-3", "PID-13"))
    return bool(_KEPT.search(value)) and not {segment, place} & _CODED and not is_time and "\\" not in value


@then(parsers.parse('the position "{position}" is reported'))
def _position(world: Any, position: str) -> None:
    check(position in reported_in(world), f"{position} is reported", observed=sorted(reported_in(world)))


@then(parsers.parse('no position that came over is reported: "{positions}"'))
def _not_reported(world: Any, positions: str) -> None:
    found = sorted(set(positions.split()) & reported_in(world))
    check(not found, "what came over is not reported as lost", observed=found)


@then("the report counts each populated position of the message")
def _counts(world: Any) -> None:
    count = sum(1 for _ in _leaves(world))
    check(world["report"].get("populated") == count, f"populated is {count}", observed=world["report"].get("populated"))


@then("populated is mapped and reported together")
def _adds_up(world: Any) -> None:
    report = world["report"]
    numbers = [report.get("populated"), report.get("mapped"), len(reported_in(world))]
    whole = all(isinstance(each, int) for each in numbers) and numbers[0] == numbers[1] + numbers[2]
    check(whole, "populated = mapped + reported", observed=numbers)


@then("both outputs are the same")
def _same(world: Any) -> None:
    first, second = dumps(world["bundle"]), world["again"].out
    found = as_json(_read(second))
    told = found.get("bundle", found)
    check(first == dumps(told), "the same message gives the same Bundle")


@then("it is refused with a word on why")
def _refused(world: Any) -> None:
    done = world["done"]
    found = as_json(world["bundle"])
    holds = found.get("resourceType") == "Bundle" and bool(entries(found))
    check(not holds, "there is no Bundle with entries")
    check(done.status != 0 or b"error" in done.out, "it is told as an error", observed=done.status)
    check(bool((done.error + done.out).strip()), "a word says why")
    check(b"Traceback" not in done.error + done.out, "the word is no trace of the program")
