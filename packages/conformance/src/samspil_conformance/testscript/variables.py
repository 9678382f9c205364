"""Variables and placeholders: what `${name}` stands for at the moment it is used.

https://hl7.org/fhir/R4/testscript-definitions.html#TestScript.variable
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Literal

from samspil_fhirpath import FhirPathError

from .exchange import Content, Message
from .expressions import evaluate
from .faults import ScriptFault
from .paths import BadPath, select
from .script import Variable

__all__ = ["BadVariable", "NoValue", "Values", "placeholder"]

_NAMED = re.compile(r"\$\{([^{}]+)\}")
_DATE = re.compile(r"DATE\s*,\s*T\s*(?:,\s*(?P<unit>[YMDhms])\s*,\s*(?P<count>[+-]?\d+))?")
_DAYS = {"D": 1, "M": 30, "Y": 365}


class NoValue(LookupError):
    """A variable has no value, and what that makes of an action that needs one.

    `fail` where a system should have sent it, else `inconclusive`.
    """

    def __init__(self, name: str, why: str, verdict: Literal["fail", "inconclusive"]) -> None:
        super().__init__(f"the variable {name} has no value: {why}")
        self.verdict: Literal["fail", "inconclusive"] = verdict


class BadVariable(ValueError):
    """The expression or path of a variable is wrong."""


class Values:
    """The variables of a script over what a run has recorded. Values are worked out when a text is written."""

    def __init__(  # noqa: PLR0913  what a value may come from
        self,
        variables: Mapping[str, Variable],
        given: Mapping[str, str],
        contents: Mapping[str, Content],
        messages: Mapping[str, Message],
        *,
        named: Collection[str],
        now: datetime,
        uuid: Callable[[], str],
    ) -> None:
        self._variables = variables
        self._given = given
        self._contents = contents
        self._messages = messages
        self._named = named
        self._now = now
        self._uuid = uuid
        self.lost: dict[str, str] = {}
        """By id, the verdict on an operation that should have recorded something under it and could not be carried out."""
        self.last: Message | None = None
        """The latest answer, which a variable without source is taken from."""

    def write(self, text: str, *, literal: bool = False) -> str:
        """The text with its variables put in; with `literal` escaped as a FHIRPath string needs it.

        Raises `NoValue`, `BadVariable` and `ScriptFault`.
        """

        def put(found: re.Match[str]) -> str:
            value = self.value(found[1].strip())
            return value.replace("\\", "\\\\").replace("'", "\\'") if literal else value

        return _NAMED.sub(put, text)

    def value(self, name: str) -> str:
        """The value of a variable or placeholder. Raises `NoValue`, `BadVariable` and `ScriptFault`."""
        if name in self._given:
            return self._given[name]
        variable = self._variables.get(name)
        if variable is None:
            written = placeholder(name, self._now, self._uuid)
            if written is None:
                raise ScriptFault(f"it declares no variable {name}")
            return written
        try:
            found = self._taken(variable)
        except NoValue:
            if variable.default:
                return variable.default
            raise
        return found

    def _taken(self, variable: Variable) -> str:
        if not (variable.header or variable.expression or variable.path):
            if variable.default:
                return variable.default
            raise NoValue(variable.name, f"give one: {variable.hint or 'it has no default'}", "inconclusive")
        if variable.source and variable.source not in self._named and not variable.default:
            raise ScriptFault(
                f"its variable {variable.name} comes from {variable.source}, which it neither declares nor records"
            )
        message = self._messages.get(variable.source) if variable.source else self.last
        if variable.header:
            return self._header(variable, message)
        content = self._contents.get(variable.source) if variable.source else message and message.content
        if content is None:
            raise self._unknown(variable)
        try:
            values = (
                evaluate(variable.expression, content, self._now)
                if variable.expression
                else select(variable.path, content)
            )
        except (FhirPathError, BadPath) as error:
            raise BadVariable(f"the variable {variable.name}: {error}") from None
        if not values:
            seen = not variable.source or variable.source in self._messages
            raise NoValue(
                variable.name, f"{variable.source or 'the answer'} has none", "fail" if seen else "inconclusive"
            )
        return values[0]

    def _unknown(self, variable: Variable) -> NoValue:
        failed = self.lost.get(variable.source, "") == "fail"
        why = f"nothing is known of {variable.source or 'an answer'}"
        return NoValue(variable.name, why, "fail" if failed else "inconclusive")

    def _header(self, variable: Variable, message: Message | None) -> str:
        if message is None:
            raise self._unknown(variable)
        value = message.headers.get(variable.header.lower())
        if value is None:
            raise NoValue(variable.name, f"the header {variable.header} is absent", "fail")
        return value


def placeholder(name: str, now: datetime, uuid: Callable[[], str]) -> str | None:
    """What a placeholder of the public test services stands for, or None: `UUID`, `DATE, T, D, -30`, `CURRENTDATE` ...

    https://touchstone.aegis.net/touchstone/userguide/html/testscript-authoring/placeholders.html
    """
    fixed: dict[str, Callable[[], str]] = {
        "UUID": uuid,
        "CURRENTDATE": lambda: now.date().isoformat(),
        "CURRENT-DATE": lambda: now.date().isoformat(),
        "CURRENTDATETIME": lambda: now.isoformat(timespec="seconds"),
        "CURRENT-DATETIME": lambda: now.isoformat(timespec="seconds"),
        "CURRENT-NUMERICDATE": lambda: str(int(now.timestamp())),
    }
    if name in fixed:
        return fixed[name]()
    found = _DATE.fullmatch(name)
    if found is None:
        return None
    count = int(found["count"] or 0)
    unit = found["unit"] or "D"
    if unit in _DAYS:
        return (now + timedelta(days=count * _DAYS[unit])).date().isoformat()
    seconds = {"h": 3600, "m": 60, "s": 1}[unit]
    return (now + timedelta(seconds=count * seconds)).isoformat(timespec="seconds")
