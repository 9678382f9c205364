"""The fast back end: plain functions on plain JSON values, for expressions whose types are known beforehand.

Such a function takes the node alone. Where the data are not what the types promise (a sibling `_x`, a list for a
single element, a number for a text), or where a part of the expression is not covered here, it raises `Deopt`, and the full
engine evaluates the whole expression instead. So both give the same answers.
"""

from .compiler import Fast, compile_fast
from .shape import Deopt

__all__ = ["Deopt", "Fast", "compile_fast"]
