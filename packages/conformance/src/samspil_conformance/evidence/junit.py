"""A run as JUnit XML, for continuous integration."""

from xml.etree import ElementTree as ET

from samspil_conformance.run import Run, ScenarioResult

__all__ = ["junit"]


def junit(run: Run) -> bytes:
    """One test case a scenario: what is not judged is skipped with its reason, what the kit could not judge an error."""
    found, head = run.counts, run.head
    whole = ET.Element(
        "testsuite",
        name=head["suite"]["id"],
        tests=str(len(run.scenarios)),
        failures=str(found["fail"]),
        errors=str(found["error"]),
        skipped=str(found["skipped"] + found["not-applicable"] + found["pending"]),
        timestamp=head["clock"]["started"].removesuffix("Z"),
    )
    for one in run.scenarios.values():
        whole.append(_case(one, head["suite"]["id"]))
    ET.indent(whole)
    return ET.tostring(whole, encoding="utf-8", xml_declaration=True) + b"\n"


def _case(one: ScenarioResult, suite: str) -> ET.Element:
    case = ET.Element("testcase", classname=suite, name=f"{one.id} {one.title['en']}")
    properties = ET.SubElement(case, "properties")
    told = [("result", one.result), ("severity", one.graded), *(("requirement", name) for name in one.requirements)]
    for name, value in told:
        ET.SubElement(properties, "property", name=name, value=value)
    if one.result == "fail":
        ET.SubElement(case, "failure", message=one.reason, type=one.graded)
    elif one.result == "error":
        ET.SubElement(case, "error", message=one.reason)
    elif one.result in {"skipped", "not-applicable", "pending"}:
        ET.SubElement(case, "skipped", message=f"{one.result}: {one.reason}")
    elif one.result == "warning":
        ET.SubElement(case, "system-out").text = f"warning: {one.reason}"
    return case
