"""The answer to a person who asks who has seen their data: EHDS Art. 9.

Regulation (EU) 2025/327, Art. 9: http://data.europa.eu/eli/reg/2025/327/oj
"""

from .fhir import as_bundle
from .html import as_html
from .making import NotTheirs, Reader, Report, access_report
from .notices import Notices, Subscriber, load_subscribers
from .rows import Row
from .text import as_text
from .withholding import Rule, load_rules

__all__ = [
    "NotTheirs",
    "Notices",
    "Reader",
    "Report",
    "Row",
    "Rule",
    "Subscriber",
    "access_report",
    "as_bundle",
    "as_html",
    "as_text",
    "load_rules",
    "load_subscribers",
]
