"""XML elements under a name of their own, and how a text becomes one."""

from typing import Any

from lxml import etree

__all__ = ["Element", "NotXml", "local", "parse_xml"]

Element = etree._Element  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  lxml gives the type no public name


class NotXml(ValueError):
    """A text is no XML, or has a document type."""


def parse_xml(data: bytes) -> Element:
    """The root element of a text; document types are refused and nothing is fetched. Raises `NotXml`."""
    parser: Any = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotXml(str(error)) from None
    if root.getroottree().docinfo.doctype:
        raise NotXml("a document type is not allowed")
    return root


def local(node: Element) -> tuple[str, str]:
    """Namespace and local name of an element."""
    name = etree.QName(node)
    return name.namespace or "", name.localname
