"""Steps on the exchange of data: reading by category, receiving, exporting."""

from typing import Any

from pytest_bdd import given, parsers, then, when

from samspil_conformance.checks import check
from samspil_conformance.elements import foreign
from samspil_core import dumps

from .answers import lost
from .talk import OK, Json, address, as_list, ask, at_path, entries, look, objects, pages, part, resource_of

__all__: list[str] = []

_CATEGORIES = (
    "patient-summary",
    "electronic-prescription",
    "electronic-dispensation",
    "medical-imaging",
    "test-result",
    "discharge-report",
)
_UCUM = "http://unitsofmeasure.org"
_SUBJECTS = ("subject", "patient")


@given("the professionals' data of the system")
def _data(sut: Any, world: Any, requires: Any) -> None:
    settings = sut.settings
    requires("ehr" in settings.get("endpoints", {}), "sut.yaml names no endpoint 'ehr'")
    requires("patient" in settings.get("data", {}), "sut.yaml names no patient under data")
    world["endpoint"] = "ehr"
    world.setdefault("values", {}).update(settings["data"])


def _subject(found: Json) -> str:
    return next((str(part(found, name)["reference"]) for name in _SUBJECTS if "reference" in part(found, name)), "")


# ------------------------------------------------------------------------------------------------ reading
@then(parsers.parse('the record is one of "{kinds}" about the patient'))
def _kind(world: Any, kinds: str) -> None:
    found = resource_of(world["answer"])
    check(found["resourceType"] in kinds.split(), f"the record is one of {kinds}", observed=found["resourceType"])
    check(
        _subject(found).endswith(str(world["values"]["patient"])), "it refers to the patient", observed=_subject(found)
    )


@then(parsers.parse('it has the elements "{names}"'))
def _elements(world: Any, names: str) -> None:
    found = resource_of(world["answer"])
    missing = [name for name in names.split() if name not in found]
    check(not missing, f"the record has {names}", observed=missing)
    odd = list(foreign(found))
    check(not odd, "every element is one of R4, in its form", observed=odd)


@when(parsers.parse('the {who:w} searches what "{name}" is of by the patient'))
def _searches(sut: Any, world: Any, who: str, name: str) -> None:
    kind = str(world["values"][name]).partition("/")[0]
    world["who"] = who
    world["url"] = address(sut, world, f"{kind}?patient={world['values']['patient']}")
    ask(sut, world, "GET", world["url"])


@then(parsers.parse('"{name}" is found'))
def _found(sut: Any, world: Any, name: str) -> None:
    check(
        str(world["values"][name]) in _references(sut, world, resource_of(world["answer"], "Bundle"), world["url"]),
        f"{name} is found",
    )


def _references(sut: Any, world: Any, bundle: Json, url: str) -> list[str]:
    every = [part(each, "resource") for page in pages(sut, world, bundle, url) for each in entries(page)]
    return [f"{each.get('resourceType')}/{each.get('id')}" for each in every]


@then("the result has a value with a unit of UCUM")
def _value(world: Any) -> None:
    found = part(resource_of(world["answer"], "Observation"), "valueQuantity")
    check("value" in found, "valueQuantity has a value", observed=sorted(found))
    check(
        found.get("system") == _UCUM and found.get("code"), "the unit is a code of UCUM", observed=found.get("system")
    )


@then("the result has the time it was taken")
def _taken(world: Any) -> None:
    found = resource_of(world["answer"], "Observation")
    check(any(name.startswith("effective") for name in found), "effective[x] is there", observed=sorted(found))


@then("codes have the URL of their system")
def _systems(world: Any) -> None:
    found = objects(part(resource_of(world["answer"]), "code").get("coding"))
    check(found, "the code has a coding")
    check(
        all(str(each.get("system", "")).startswith(("http", "urn:")) for each in found),
        "each coding has the URL of its system",
    )


@then("the record tells the provider or the professional it is from")
def _author(world: Any) -> None:
    found = resource_of(world["answer"])
    told = [
        name for name in ("performer", "author", "custodian", "recorder", "requester", "asserter") if found.get(name)
    ]
    check(told, "an author, performer or custodian is named", observed=sorted(found))


# ------------------------------------------------------------------------------------------------ receiving
def _record(world: Any, name: str) -> Json:
    patient = {"reference": world["values"]["patient"]}
    coding = {"system": "http://snomed.info/sct", "code": "387517004", "display": "Paracetamol"}
    active = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
    records: dict[str, Json] = {
        "result": {
            "resourceType": "Observation",
            "status": "final",
            "category": [
                {
                    "coding": [
                        {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
                    ]
                }
            ],
            "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}], "text": "Hæmoglobin"},
            "subject": patient,
            "effectiveDateTime": "2026-01-01T08:15:00.250+01:00",
            "valueQuantity": {"value": _decimal("8.40"), "unit": "mmol/L", "system": _UCUM, "code": "mmol/L"},
            "referenceRange": [{"low": {"value": _decimal("7.3")}, "high": {"value": _decimal("9.50")}}],
            "note": [{"text": "First line\nsecond line"}],
            "component": [{"code": {"text": "a"}, "valueBoolean": False}, {"code": {"text": "b"}, "valueInteger": 0}],
        },
        "allergy": {
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": {"coding": [{"system": active, "code": "active"}]},
            "code": {"coding": [coding, {"system": "http://www.whocc.no/atc", "code": "N02BE01"}]},
            "patient": patient,
            "reaction": [
                {"manifestation": [{"text": "Udslæt"}], "severity": "mild"},
                {"manifestation": [{"text": "Åndenød"}]},
            ],
        },
        "prescription": {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"coding": [coding]},
            "subject": patient,
            "dosageInstruction": [
                {
                    "timing": {"repeat": {"frequency": 2, "period": _decimal("1.0"), "periodUnit": "d"}},
                    "text": "2 gange dagligt",
                }
            ],
            "extension": [{"url": "urn:samspil:conformance:kept", "valueString": "kept"}],
        },
        "report": {
            "resourceType": "DocumentReference",
            "status": "current",
            "type": {"coding": [{"system": "http://loinc.org", "code": "18842-5"}]},
            "subject": patient,
            "content": [
                {
                    "attachment": {
                        "contentType": "text/plain",
                        "language": "da",
                        "data": "RXBpa3Jpc2U=",
                        "title": "Epikrise",
                    }
                }
            ],
        },
        "foreign": {
            "resourceType": "AllergyIntolerance",
            "language": "el",
            "code": {"coding": [{**coding, "display": "Παρακεταμόλη"}], "text": "Αλλεργία στην παρακεταμόλη"},
            "patient": patient,
        },
    }
    return records[name]


def _decimal(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


@when(parsers.parse('the {who:w} sends the record "{name}"'))
def _sends(sut: Any, world: Any, who: str, name: str) -> None:
    world["who"] = who
    world["sent"] = _record(world, name)
    ask(sut, world, "POST", world["sent"]["resourceType"], dumps(world["sent"]))


@when(parsers.parse('the {who:w} sends the text "{text}" as an Observation'))
def _sends_text(sut: Any, world: Any, who: str, text: str) -> None:
    world["who"] = who
    ask(sut, world, "POST", "Observation", text.encode())


@then("reading it back gives every element that was sent")
def _reading_back(sut: Any, world: Any) -> None:
    answer = look(sut, world, _place(world))
    check(answer.status_code == OK, "what was received can be read", observed=answer.status_code)
    missing = lost(world["sent"], resource_of(answer))
    check(not missing, "no element of what was received is lost or changed", observed=missing)


def _place(world: Any) -> str:
    return "/".join(str(world["answer"].headers.get("location", "")).partition("/_history")[0].split("/")[-2:])


@then("a search by the patient finds what was received")
def _finds(sut: Any, world: Any) -> None:
    kind = world["sent"]["resourceType"]
    url = address(sut, world, f"{kind}?patient={world['values']['patient']}")
    found = _references(sut, world, resource_of(look(sut, world, url), "Bundle"), url)
    check(_place(world) in found, "what was received is found", observed=len(found))


# ------------------------------------------------------------------------------------------------ exporting
@when(parsers.parse('the {who:w} exports the record of "{name}"'))
def _exports(sut: Any, world: Any, requires: Any, who: str, name: str) -> None:
    requires("export")
    world["who"] = who
    url = str(sut.settings.get("export", "${patient}/$everything")).replace("${patient}", str(world["values"][name]))
    world["url"] = address(sut, world, url)
    answer = ask(sut, world, "GET", world["url"])
    check(answer.status_code == OK, "the record can be exported", observed=answer.status_code)
    bundle = resource_of(answer, "Bundle")
    world["entries"] = [each for page in pages(sut, world, bundle, world["url"]) for each in entries(page)]
    world["export"] = [part(each, "resource") for each in world["entries"]]


def _keys(world: Any) -> list[str]:
    return [f"{each.get('resourceType')}/{each.get('id')}" for each in world["export"]]


@then("the export holds every category")
def _every_category(world: Any) -> None:
    missing = [name for name in _CATEGORIES if str(world["values"].get(name)) not in _keys(world)]
    check(not missing, "the export holds a record of each category", observed=missing)


@then(parsers.parse('the export holds the patient "{name}" once'))
def _once(world: Any, name: str) -> None:
    keys = _keys(world)
    check(
        keys.count(str(world["values"][name])) == 1,
        "the patient is in the export once",
        observed=keys.count(str(world["values"][name])),
    )
    check(len(keys) == len(set(keys)), "no resource comes twice", observed=len(keys) - len(set(keys)))


@then("the export holds what each search by the patient finds")
def _complete(sut: Any, world: Any) -> None:
    kinds = sorted({str(world["values"][name]).partition("/")[0] for name in _CATEGORIES if name in world["values"]})
    keys = set(_keys(world))
    for kind in kinds:
        url = address(sut, world, f"{kind}?patient={world['values']['patient']}")
        found = _references(sut, world, resource_of(look(sut, world, url), "Bundle"), url)
        missing = [each for each in found if each not in keys]
        check(not missing, f"every {kind} of the patient is in the export", observed=missing)


@then(parsers.parse('the export holds nothing of "{name}"'))
def _nothing_of(world: Any, name: str) -> None:
    other = str(world["values"][name])
    found = [
        each
        for each in world["export"]
        if _subject(each).endswith(other) or f"{each.get('resourceType')}/{each.get('id')}" == other
    ]
    check(not found, "the export is of one patient", observed=len(found))


@then("each resource of the export is what a read of it gives")
def _same(sut: Any, world: Any) -> None:
    for each in world["export"]:
        if _subject(each):
            answer = look(sut, world, f"{each.get('resourceType')}/{each.get('id')}")
            check(answer.status_code == OK, "what is exported can be read", observed=answer.status_code)
            missing = lost(resource_of(answer), each)
            check(not missing, "the export says what the record says", observed=missing)


@then("the export is a Bundle of resources of R4 with full URLs")
def _readable(world: Any) -> None:
    for each in world["entries"]:
        found = part(each, "resource")
        check(
            found.get("resourceType") and found.get("id"),
            "an entry holds a resource with its id",
            observed=sorted(found),
        )
        check(
            "://" in str(each.get("fullUrl", "")) or str(each.get("fullUrl", "")).startswith("urn:"),
            "an entry has its full URL",
        )
        odd = list(foreign(found))
        check(not odd, "every element is one of R4, in its form", observed=odd)


@then("references within the export lead to its resources or to the source")
def _references_lead(sut: Any, world: Any) -> None:
    keys = set(_keys(world))
    waiting = [str(at_path(each, f"{name}.reference") or "") for each in world["export"] for name in _SUBJECTS]
    waiting += [
        str(one.get("reference", ""))
        for each in world["export"]
        for one in objects(as_list(each.get("authorizingPrescription")))
    ]
    told = sorted({"/".join(each.split("/")[-2:]) for each in waiting if each})
    check(told, "the resources of the export refer to the patient")
    broken = [each for each in told if each not in keys and look(sut, world, each).status_code != OK]
    check(not broken, "no reference of the export leads nowhere", observed=broken)


# ------------------------------------------------------------------------------------------------ no burden
@when(parsers.parse('the {who:w} reads "{name}" {number:d} times'))
def _many(sut: Any, world: Any, who: str, name: str, number: int) -> None:
    world["who"] = who
    world["statuses"] = [ask(sut, world, "GET", str(world["values"][name])).status_code for _ in range(number)]


@then("every read succeeded")
def _all_succeeded(world: Any) -> None:
    failed = [each for each in world["statuses"] if each != OK]
    check(not failed, "authorised access is not limited or refused", observed=failed[:3])


@then("the statement names each type of the priority categories")
def _names(world: Any) -> None:
    rest = objects(resource_of(world["answer"], "CapabilityStatement").get("rest"))
    told = {str(each.get("type")) for one in rest for each in objects(one.get("resource"))}
    wanted = {str(world["values"][name]).partition("/")[0] for name in _CATEGORIES if name in world["values"]}
    check(wanted <= told, "each type of the priority categories is stated", observed=sorted(wanted - told))
