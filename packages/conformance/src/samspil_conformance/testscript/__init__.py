"""FHIR R4 TestScripts: read, run against a server or a client, reported as a TestReport.

https://hl7.org/fhir/R4/testscript.html
"""

from .reading import BadScript, read_script, read_scripts
from .report import as_test_report
from .results import Result, ScriptReport, Verdict
from .run import Settings, run_script

__all__ = [
    "BadScript",
    "Result",
    "ScriptReport",
    "Settings",
    "Verdict",
    "as_test_report",
    "read_script",
    "read_scripts",
    "run_script",
]
