"""The documents that the maker files: information sheet, declaration, list of components. The mark stays the maker's act."""

from .declaration import declaration
from .info_sheet import info_sheet
from .sheet import Sheet, as_html, as_pdf
from .soup import soup

__all__ = ["Sheet", "as_html", "as_pdf", "declaration", "info_sheet", "soup"]
