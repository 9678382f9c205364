"""Which text stands for a concept in which language, and whether a display that somebody wrote is one of its texts.

https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/languages.html
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from samspil_core.values import Coding

from .concepts import Designation
from .issues import Level, TxIssue, issue
from .languages import Languages, closeness

__all__ = ["check_display", "preferred", "said_in"]

_SYNONYM = "900000000000013009"
_PREFERRED = "900000000000548007"

Likeness = Literal["same", "whitespace", "other"]


def preferred(texts: Sequence[Designation], languages: Languages | None, *, fallback: bool) -> Designation | None:
    """The text to show.

    Without languages it is the first that is a display. With languages it is the nearest of the best language, displays
    before others. Where no text fits, `fallback` takes the first display all the same, unless the languages forbid it
    (`*;q=0`); a text without language always fits.
    """
    if languages is None:
        return _first(texts, _is_display)
    for wanted in languages.wanted:
        for near in (3, 2, 1):
            fitting = [each for each in texts if each.language and closeness(wanted, each.language) >= near]
            best = _first(fitting, _is_display) or _first(fitting, lambda _: True)
            if best is not None:
                return best
    unmarked = _first(texts, lambda each: not each.language and _is_display(each))
    if unmarked is not None:
        return unmarked
    return _first(texts, _is_display) if languages.anything or (fallback and not languages.hard) else None


def _first(texts: Iterable[Designation], fits: Callable[[Designation], bool]) -> Designation | None:
    some = [each for each in texts if each.value and fits(each)]
    return next((each for each in some if each.active), some[0] if some else None)


def _is_display(text: Designation) -> bool:
    return text.is_display or (text.use is not None and text.use.code in {_SYNONYM, _PREFERRED})


def said_in(languages: Languages | None, text: Designation) -> bool:
    """Whether a text is in a language that will do."""
    if languages is None or not text.language or languages.anything:
        return True
    return any(closeness(wanted, text.language) for wanted in languages.wanted)


def check_display(  # noqa: PLR0913  what is said, of what, in which languages, how strictly, and where
    texts: Sequence[Designation],
    coding: Coding,
    languages: Languages | None,
    default_language: str,
    *,
    lenient: bool,
    expression: str,
) -> TxIssue | None:
    """The issue with the display of a coding; None when it is one of the texts of the concept."""
    level: Level = "warning" if lenient else "error"
    fitting = [each for each in texts if each.value and said_in(languages, each)]
    found = _likeness(coding.display, fitting)
    if found == "same":
        return _retired(texts, fitting, coding, expression)
    detail = {
        "display": coding.display,
        "system": coding.system,
        "code": coding.code,
        "languages": languages.summary() if languages else "--",
    }
    valid = _nearest(fitting, languages) or fitting
    if not valid:
        return _none_in_language(texts, coding, default_language, level, expression, detail)
    shown = [each for each in fitting if _is_display(each)] or fitting
    if not any(_is_display(each) for each in fitting):
        level = "warning"
    name = "Display_Name_WS" if found == "whitespace" else "Display_Name"
    return issue(
        level,
        "invalid",
        "invalid-display",
        f"{name}_for__should_be_one_of__instead_of",
        expression,
        **detail,
        valid=_choices(shown, len(valid)),
    )


def _likeness(display: str, texts: Iterable[Designation]) -> Likeness:
    some = list(texts)
    if any(each.value.lower() == display.lower() for each in some):
        return "same"
    return "whitespace" if any(_plain(each.value) == _plain(display) for each in some) else "other"


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()


def _nearest(texts: Sequence[Designation], languages: Languages | None) -> list[Designation]:
    displays = [each for each in texts if _is_display(each)]
    if languages is None:
        return displays
    for near in (3, 2):
        some = [
            each
            for each in displays
            if not each.language or any(closeness(wanted, each.language) >= near for wanted in languages.wanted)
        ]
        if some:
            return some
    return displays


def _choices(texts: Sequence[Designation], count: int) -> str:
    shown = [f"'{each.value}'" + (f" ({each.language})" if each.language else "") for each in texts]
    shown = list(dict.fromkeys(shown))
    if count == 1 or len(shown) == 1:
        return f"Valid display is {shown[0]}"
    listed = f"{', '.join(shown[:-1])} or {shown[-1]}"
    return f"Valid display is one of {len(shown)} choices: {listed}"


def _none_in_language(  # noqa: PLR0917, PLR0913  the parts of the sentence
    texts: Sequence[Designation],
    coding: Coding,
    default_language: str,
    level: Level,
    expression: str,
    detail: dict[str, str],
) -> TxIssue:
    default = preferred(texts, None, fallback=True)
    if default is None:
        return issue("warning", "invalid", "invalid-display", "NO_VALID_DISPLAY_AT_ALL", expression, **detail)
    usual = [each for each in texts if not each.language or closeness(default_language or "en", each.language)]
    if _likeness(coding.display, usual) == "same":
        return issue(
            "information", "invalid", "invalid-display", "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK", expression, **detail
        )
    return issue(
        level,
        "invalid",
        "invalid-display",
        "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR",
        expression,
        **detail,
        default=default.value,
    )


def _retired(
    texts: Sequence[Designation], fitting: Sequence[Designation], coding: Coding, expression: str
) -> TxIssue | None:
    """The issue with a display that was one of the texts and is no more; None when it still is."""
    active = [each for each in fitting if each.active]
    if _likeness(coding.display, active) == "same":
        return None
    valid = list(dict.fromkeys(each.value for each in texts if each.active and each.value))
    quoted = ",".join(f'"{each}"' if " " in each else each for each in sorted(valid))
    return issue(
        "warning",
        "invalid",
        "display-comment",
        "INACTIVE_DISPLAY_FOUND",
        expression,
        display=coding.display,
        code=coding.code,
        status="inactive",
        valid=quoted,
    )
