"""A run as a GITB test report (TAR), which the Interoperability Test Bed reads and shows.

https://www.itb.ec.europa.eu/docs/tdl/latest/ and the schema gitb_tr.xsd, namespace http://www.gitb.com/tr/v1/
"""

from xml.etree import ElementTree as ET

from samspil_conformance.run import Run, ScenarioResult

__all__ = ["tar"]

NAMESPACE = "http://www.gitb.com/tr/v1/"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

_RESULT = {"approved": "SUCCESS", "not-approved": "FAILURE", "pending": "UNDEFINED"}
_LEVEL = {"fail": "error", "error": "error", "warning": "warning"}


def tar(run: Run) -> bytes:
    """The report: one assertion a scenario. UNDEFINED stands for a run in which something is left to judge."""
    head, found = run.head, run.counts
    ET.register_namespace("tr", NAMESPACE)
    whole = ET.Element(
        _name("TestStepReport"),
        {TYPE: "tr:TAR", "id": f"run-{run.id}", "name": head["suite"]["title"]["en"]},
    )
    _add(whole, "date", head["clock"]["started"])
    _add(whole, "result", _RESULT[run.approval])
    overview = ET.SubElement(whole, _name("overview"))
    _add(overview, "profileID", head["suite"]["id"])
    _add(overview, "customizationID", head["suite"]["version"])
    _add(overview, "validationServiceName", "samspil-conformance")
    _add(overview, "validationServiceVersion", head["packages"]["samspil-conformance"])
    _add(overview, "note", f"{head['sut']['company']} {head['sut']['name']} {head['sut']['version']}")
    counters = ET.SubElement(whole, _name("counters"))
    _add(counters, "nrOfAssertions", str(len(run.scenarios)))
    _add(counters, "nrOfErrors", str(found["fail"] + found["error"]))
    _add(counters, "nrOfWarnings", str(found["warning"]))
    if run.scenarios:
        reports = ET.SubElement(whole, _name("reports"))
        for one in run.scenarios.values():
            _assertion(reports, one)
    ET.indent(whole)
    return ET.tostring(whole, encoding="utf-8", xml_declaration=True) + b"\n"


def _assertion(reports: ET.Element, one: ScenarioResult) -> None:
    told = ET.SubElement(reports, _name(_LEVEL.get(one.result, "info")), {TYPE: "tr:BAR"})
    _add(told, "assertionID", one.id)
    reason = f": {one.reason}" if one.reason else ""
    _add(told, "description", f"{one.result} ({one.graded}) {one.title['en']}{reason}")
    if one.exchanges:
        _add(told, "location", f"exchanges/{one.exchanges[0]:03}.http")
    _add(told, "test", " ".join(one.requirements))


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _name(name)).text = text


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
