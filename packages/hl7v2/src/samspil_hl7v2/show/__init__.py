"""A message and what became of it, side by side: as text, as one HTML page, and a page over many messages."""

from .overview import overview_page
from .page import message_page
from .view import View, view

__all__ = ["View", "message_page", "overview_page", "view"]
