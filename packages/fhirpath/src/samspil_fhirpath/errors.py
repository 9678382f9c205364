"""The one error of this package, with the place in the expression and the finding it amounts to."""

from __future__ import annotations

from samspil_core.outcome import Issue, Kind

from .findings import EVALUATION, NOT_AVAILABLE, SEMANTIC, SYNTAX, TOO_DEEP, UNKNOWN_FUNCTION

__all__ = ["FhirPathError", "evaluation", "not_available", "semantic", "syntax", "too_deep", "unknown_function"]

NOWHERE = (0, 0)
Place = tuple[int, int]
"""Line and column, counted from 1."""


class FhirPathError(ValueError):
    """An expression is no FHIRPath, or cannot be evaluated. Holds no value of the data.

    `kind` tells which sort of fault it is, `line` and `column` (from 1) where in the expression, `why` in words.
    """

    def __init__(self, kind: Kind, why: str, place: Place = NOWHERE) -> None:
        self.kind = kind
        self.why = why
        self.line, self.column = place
        super().__init__(f"{why} (line {self.line}, column {self.column})" if place != NOWHERE else why)

    @property
    def issue(self) -> Issue:
        """The finding."""
        return self.kind.at("", why=self.why, line=self.line, column=self.column)

    def at(self, place: Place) -> FhirPathError:
        """The same error, with its place when it has none yet."""
        return self if self.line else FhirPathError(self.kind, self.why, place)


def syntax(why: str, place: Place = NOWHERE) -> FhirPathError:
    """The text is no FHIRPath."""
    return FhirPathError(SYNTAX, why, place)


def unknown_function(why: str, place: Place = NOWHERE) -> FhirPathError:
    """No such function, or not with that many arguments."""
    return FhirPathError(UNKNOWN_FUNCTION, why, place)


def too_deep(why: str, place: Place = NOWHERE) -> FhirPathError:
    """Nested too deeply, or too many items."""
    return FhirPathError(TOO_DEEP, why, place)


def semantic(why: str, place: Place = NOWHERE) -> FhirPathError:
    """The static types say that this cannot mean anything."""
    return FhirPathError(SEMANTIC, why, place)


def evaluation(why: str, place: Place = NOWHERE) -> FhirPathError:
    """The data at hand do not allow it."""
    return FhirPathError(EVALUATION, why, place)


def not_available(why: str, place: Place = NOWHERE) -> FhirPathError:
    """Something the environment or an extra must bring is absent."""
    return FhirPathError(NOT_AVAILABLE, why, place)
