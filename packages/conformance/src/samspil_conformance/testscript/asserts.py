"""Asserts: each form a function from the assert and what is known to whether it holds, and in which words it does not.

https://hl7.org/fhir/R4/testscript-definitions.html#TestScript.setup.action.assert
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from samspil_definitions import PackageError
from samspil_fhirpath import FhirPathError

from .exchange import Content, Exchange, Message
from .expressions import evaluate
from .faults import ScriptFault
from .minimum import lacks
from .named_rules import rule_of
from .operators import UnknownOperator, compare
from .paths import BadPath, select
from .profiles import Profiles, UnknownProfile
from .requests import MEDIA
from .results import Verdict
from .script import Assert, Script
from .variables import BadVariable, NoValue, Values

__all__ = ["Bench", "Judgement", "judge"]

_SHOWN = 200
_WORDS = {
    "equals": "equal to",
    "notEquals": "other than",
    "in": "one of",
    "notIn": "none of",
    "greaterThan": "greater than",
    "lessThan": "less than",
    "notEmpty": "there",
    "contains": "something with",
    "notContains": "without",
    "eval": "true",
}


@dataclass
class Bench:
    """What an assert may look at: the recorded contents and messages by id, and the latest exchange."""

    script: Script
    contents: Mapping[str, Content]
    messages: Mapping[str, Message]
    values: Values
    profiles: Profiles
    now: datetime
    last: Exchange | None = None
    missing: str = ""
    """Why there is no exchange to look at: the last operation could not be carried out."""
    outcome: Verdict = "skip"
    """The verdict of asserts for which there is none."""
    lost: dict[str, tuple[Verdict, str]] = field(default_factory=dict[str, tuple[Verdict, str]])
    """By id, what kept a message from being recorded under it."""

    def source(self, name: str) -> Content:
        """The content recorded or declared under an id."""
        self.known(name)
        if name in self.contents:
            return self.contents[name]
        raise Inconclusive(f"the fixture {name} cannot be reached")

    def known(self, name: str) -> None:
        """Stop where nothing is declared under an id, and nothing has been recorded under it."""
        if name in self.contents or any(each.id == name for each in self.script.fixtures):
            return
        if name in self.lost:
            raise _Nothing(*self.lost[name])
        raise ScriptFault(f"it has no fixture {name}, and nothing has been recorded under that name")


class Inconclusive(LookupError):
    """Something that the judgement needs is not at hand; the text names it."""


class Broken(ValueError):
    """The assert itself cannot be evaluated; the text says where and why."""


class Judgement(NamedTuple):
    """The verdict on an assert, why, and whether it is the script's fault that the assert does not hold."""

    verdict: Verdict
    message: str = ""
    script_fault: bool = False


def judge(asked: Assert, bench: Bench) -> Judgement:
    """The verdict on an assert and why; a failure is a warning where the script says so.

    An assert that the script is at fault for fails: nothing that it asks for has been shown.
    """
    try:
        why = _why_not(asked, bench)
    except (Inconclusive, UnknownProfile, PackageError) as error:
        return Judgement("inconclusive", str(error))
    except ScriptFault as fault:
        return Judgement(failure(asked), str(fault), script_fault=True)
    except (NoValue, _Nothing) as error:
        return Judgement(failure(asked) if error.verdict == "fail" else error.verdict, str(error))
    except (Broken, BadVariable, BadPath, FhirPathError, UnknownOperator) as error:
        return Judgement("error", str(error))
    return Judgement(failure(asked), why) if why else Judgement("pass")


def failure(asked: Assert) -> Verdict:
    """What it comes to that an assert does not hold."""
    return "warning" if asked.warning_only else "fail"


class _Nothing(LookupError):
    def __init__(self, verdict: Verdict, why: str) -> None:
        super().__init__(why)
        self.verdict: Verdict = verdict


def _why_not(asked: Assert, bench: Bench) -> str:
    if asked.unknown:
        raise Inconclusive(f"the meaning of {', '.join(asked.unknown)} is not known")
    if asked.operator == "manualEval":
        raise Inconclusive("a person has to judge")
    rule = rule_of(asked.extensions)
    if rule is not None:
        if bench.last is None:
            raise _Nothing(bench.outcome, bench.missing)
        return rule(bench.last)
    for given, form in _FORMS:
        if given(asked):
            return form(asked, bench)
    raise ScriptFault("the assert has no criterion, so there is nothing that could hold")


def _message(asked: Assert, bench: Bench) -> Message:
    """The request or answer that the assert is about."""
    if asked.source in bench.messages:
        return bench.messages[asked.source]
    exchange = _exchange(asked, bench)
    return exchange.request if asked.direction == "request" else exchange.response


def _exchange(asked: Assert, bench: Bench) -> Exchange:
    """The latest exchange; what the assert names has to be known all the same."""
    if asked.source:
        bench.known(asked.source)
    if bench.last is None:
        raise _Nothing(bench.outcome, bench.missing or "there was no exchange to judge")
    return bench.last


def _content(asked: Assert, bench: Bench) -> Content:
    """The resource that the assert is about."""
    if not asked.source:
        return _message(asked, bench).content
    return bench.source(asked.source)


def _compared(asked: Assert, found: list[str], wanted: str, what: str) -> str:
    operator = asked.operator or "equals"
    if compare(operator, found, wanted):
        return ""
    asks = "" if operator in {"empty", "notEmpty", "eval"} else f" {wanted!r}"
    return f"{what} should be {_WORDS.get(operator, operator)}{asks}, and is {_shown(found)}"


def _shown(found: list[str]) -> str:
    text = ", ".join(repr(each) for each in found)
    return f"{text[:_SHOWN]} ..." if len(text) > _SHOWN else text or "absent"


def _wanted(asked: Assert, bench: Bench) -> str:
    return bench.values.write(asked.value or "")


def _expression(asked: Assert, bench: Bench) -> str:
    content = _content(asked, bench)
    text = bench.values.write(asked.expression, literal=True)
    found = evaluate(text, content, bench.now)
    if asked.operator or asked.value is not None:
        return _compared(asked, found, _wanted(asked, bench), text)
    if len(found) > 1:
        raise Broken(f"{text} gives {len(found)} values and not one truth")
    if found and found[0] != "false":
        return ""
    return f"{text} is not true" if found else f"{text} gives nothing"


def _path(asked: Assert, bench: Bench) -> str:
    path = bench.values.write(asked.path)
    found = select(path, _content(asked, bench))
    if asked.operator or asked.value is not None:
        return _compared(asked, found, _wanted(asked, bench), path)
    return "" if found else f"{path} gives nothing"


def _source(asked: Assert, bench: Bench) -> str:
    """The value of another resource, and that of the one at hand."""
    other, own = bench.source(asked.compare_source), _content(asked, bench)
    wanted = _values(asked.compare_expression, asked.compare_path, other, bench)
    found = _values(
        asked.expression or ("" if asked.path else asked.compare_expression),
        asked.path or ("" if asked.expression else asked.compare_path),
        own,
        bench,
    )
    operator = asked.operator or "equals"
    what = asked.expression or asked.path or asked.compare_expression or asked.compare_path
    if operator in {"empty", "notEmpty"}:
        return _compared(asked, found, "", what)
    if not wanted:
        return (
            "" if not found and operator == "equals" else f"{asked.compare_source} has nothing to compare {what} with"
        )
    if operator == "equals":
        return "" if found == wanted else f"{what} should be {_shown(wanted)}, and is {_shown(found)}"
    return _compared(asked, found, wanted[0], what)


def _values(expression: str, path: str, content: Content, bench: Bench) -> list[str]:
    if expression:
        return evaluate(bench.values.write(expression, literal=True), content, bench.now)
    return select(bench.values.write(path), content)


def _content_type(asked: Assert, bench: Bench) -> str:
    found = _message(asked, bench).headers.get("content-type", "").partition(";")[0].strip().lower()
    told = bench.values.write(asked.content_type)
    wanted = MEDIA.get(told, told).partition(";")[0].strip().lower()
    if asked.operator:
        return _compared(asked, [found] if found else [], wanted, "the content type")
    return "" if found == wanted else f"the content type should be {wanted or 'absent'}, and is {found or 'absent'}"


def _header(asked: Assert, bench: Bench) -> str:
    value = _message(asked, bench).headers.get(asked.header.lower())
    found = [] if value is None else [value]
    if asked.operator or asked.value is not None:
        return _compared(asked, found, _wanted(asked, bench), f"the header {asked.header}")
    return "" if value else f"the header {asked.header} is absent"


def _minimum(asked: Assert, bench: Bench) -> str:
    minimum = _least(asked.minimum, bench).json
    if minimum is None:
        raise Broken(f"the fixture {asked.minimum} is no resource")
    found = _content(asked, bench).json
    if found is None:
        return "there is no resource"
    place = lacks(minimum, found)
    return f"{place} is not as in {asked.minimum}" if place else ""


def _least(name: str, bench: Bench) -> Content:
    """What minimumId names: a fixture as it is sent, with its variables put in, a recording as it came."""
    content = bench.source(name)
    if name in bench.messages or b"${" not in content.data:
        return content
    return Content(bench.values.write(content.data.decode("utf-8", "replace")).encode(), name)


def _links(asked: Assert, bench: Bench) -> str:
    """What is wrong with the links of a page: https://hl7.org/fhir/R4/http.html#paging.

    Each has a relation of its own and a URL, one is `self`, and a page that does not hold the whole leads to another.
    """
    resource = _content(asked, bench).json
    if resource is None or resource.get("resourceType") != "Bundle":
        return "there is no Bundle"
    links = [(str(each.get("relation", "")), str(each.get("url", ""))) for each in resource.get("link", ())]
    relations = [relation for relation, _ in links]
    matches = [each for each in resource.get("entry", ()) if each.get("search", {}).get("mode", "match") == "match"]
    part = len(matches) < int(resource.get("total", 0)) and bool(matches)
    faults = {
        "a link has no relation or no URL": not all(relation and url for relation, url in links),
        "two links have the same relation": len(set(relations)) < len(relations),
        "there is no link self": "self" not in relations,
        "there are more matches, and no link to them": part and not {"next", "previous", "prev"} & set(relations),
    }
    found = [fault for fault, there in faults.items() if there]
    if asked.navigation_links is False:
        return "" if found or not links else "the Bundle has navigation links"
    return "; ".join(found)


def _method(asked: Assert, bench: Bench) -> str:
    found = _request(asked, bench).method.lower()
    return _compared(asked, [found], asked.request_method.lower(), "the method")


def _url(asked: Assert, bench: Bench) -> str:
    return _compared(asked, [_request(asked, bench).url], bench.values.write(asked.request_url), "the URL")


def _request(asked: Assert, bench: Bench) -> Message:
    found = bench.messages.get(asked.source)
    if found is not None and found.method:
        return found
    return _exchange(asked, bench).request


def _resource(asked: Assert, bench: Bench) -> str:
    found = _content(asked, bench).resource_type
    return _compared(asked, [found] if found else [], asked.resource, "the resource")


def _response(asked: Assert, bench: Bench) -> str:
    status = _answer(asked, bench)
    if asked.response not in _NAMES:
        raise Broken(f"no status is called {asked.response}")
    wanted = _NAMES[asked.response]
    return _compared(asked, [str(status)], str(wanted), "the status")


def _response_code(asked: Assert, bench: Bench) -> str:
    status = str(_answer(asked, bench))
    wanted = bench.values.write(asked.response_code)
    listed = "," in wanted and asked.operator in {"", "equals"}
    if listed:
        return "" if compare("in", [status], wanted) else f"the status should be one of {wanted}, and is {status}"
    return _compared(asked, [status], wanted, "the status")


def _answer(asked: Assert, bench: Bench) -> int:
    found = bench.messages.get(asked.source)
    if found is not None and found.status:
        return found.status
    return _exchange(asked, bench).response.status


def _profile(asked: Assert, bench: Bench) -> str:
    canonical = bench.script.profiles.get(asked.profile)
    if not canonical:
        raise ScriptFault(f"it declares no profile {asked.profile}")
    content = _content(asked, bench)
    if content.json is None:
        return "there is no resource to validate"
    faults = bench.profiles.faults(content, canonical)
    return f"{len(faults)} errors under {canonical}: {'; '.join(faults[:3])}" if faults else ""


def _camel(status: HTTPStatus) -> str:
    first, *rest = status.name.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


_NAMES: Mapping[str, int] = {
    **{_camel(each): each.value for each in HTTPStatus},
    "okay": 200,
    "noContent": 204,
    "notModified": 304,
    "bad": 400,
    "badRequest": 400,
    "unauthorized": 401,
    "unprocessable": 422,
    "unprocessableContent": 422,
    "contentTooLarge": 413,
    "uriTooLong": 414,
}
"""Names of R4 (https://hl7.org/fhir/R4/valueset-assert-response-code-types.html), and those of R5."""

Form = Callable[[Assert, Bench], str]
_FORMS: tuple[tuple[Callable[[Assert], bool], Form], ...] = (
    (lambda asked: bool(asked.compare_source) and asked.value is None, _source),
    (lambda asked: bool(asked.profile), _profile),
    (lambda asked: bool(asked.minimum), _minimum),
    (lambda asked: asked.navigation_links is not None, _links),
    (lambda asked: bool(asked.expression), _expression),
    (lambda asked: bool(asked.path), _path),
    (lambda asked: bool(asked.header), _header),
    (lambda asked: bool(asked.content_type), _content_type),
    (lambda asked: bool(asked.request_method), _method),
    (lambda asked: bool(asked.request_url), _url),
    (lambda asked: bool(asked.resource), _resource),
    (lambda asked: bool(asked.response), _response),
    (lambda asked: bool(asked.response_code), _response_code),
)
"""The forms in the order in which they are looked for: one that needs another element of the assert comes before it.

A `value` is compared with, and what `compareTo` names then is not: "ignored if assert.value is used".
https://hl7.org/fhir/R4/testscript-definitions.html#TestScript.setup.action.assert.compareToSourceExpression
"""
