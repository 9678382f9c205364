"""Made-up texts, true to the datatype of their position, and what such a text becomes without a map."""

from base64 import b64encode

from tools.rows.conditions import Place
from tools.rows.guide import FieldRow, Guide

TIME, DAY = "20240517103045+0100", "20240517"
_BY_TYPE = {"DTM": TIME, "TS": TIME, "DR": TIME, "DT": DAY, "TM": "103045", "NM": "7", "SI": "7", "CQ": "7", "MO": "7"}
_BY_ELEMENT = {
    "datetime": TIME, "instant": TIME, "date": DAY, "time": "103045", "boolean": "Y",
    "decimal": "7", "integer": "7", "positiveint": "7", "unsignedint": "7",
    "url": "http://example.org/a", "uri": "http://example.org/a", "base64binary": "TWFkZSB1cA==",
}  # fmt: skip
_BY_LABEL = {
    "identifier type code": "MR", "trigger event": "A01", "processing id": "P", "processing mode": "T",
    "message structure": "ADT_A01",
}  # fmt: skip
_VALUES: dict[str, dict[tuple[int, ...], str]] = {
    "NM": {(5,): "7"}, "DT": {(5,): DAY}, "DTM": {(5,): TIME}, "TS": {(5,): TIME}, "TM": {(5,): "103045"},
    "SN": {(5, 2): "7", (5, 4): "9"}, "NR": {(5, 1): "7", (5, 2): "9"}, "DR": {(5, 1): DAY, (5, 2): "20240518"},
    "ED": {(5, 2): "application", (5, 3): "pdf", (5, 4): "Base64", (5, 5): "TWFkZSB1cA=="},
    "RP": {(5, 1): "http://example.org/a.pdf", (5, 3): "application", (5, 4): "pdf"},
}  # fmt: skip
_IDS = {
    "ISO": "1.2.3.4.5", "UUID": "6e8bc430-9c3a-11d9-9669-0800200c9a66", "DNS": "example.org", "URI": "http://example.org/a",
}  # fmt: skip


def made_up(guide: Guide, place: Place, row: FieldRow | None = None) -> str:
    """A text for a position by its datatype, else by the type of the element that its row names."""
    kind, label = guide.positions.get(place, (row.v2_type if row else "", ""))
    kind = (place[0] if place[0] in _BY_TYPE else kind or place[0]).upper().partition("[")[0].strip()
    if "Units" in label or label.lower() in _BY_LABEL:
        return _BY_LABEL.get(label.lower(), "min")
    element = row.type.lower() if row and not row.target.endswith(("url", "uri", "system")) else ""
    if kind in {"DTM", "TS"} and element == "date":
        return DAY
    return _BY_TYPE.get(kind) or _BY_ELEMENT.get(element) or f"Qx{''.join(map(str, place[1]))}y"


def becomes(row: FieldRow, text: str) -> str:
    """What a text becomes by the type of its element."""
    if row.type.lower() == "base64binary" and row.v2_type in {"FT", "TX", "ST"}:
        return b64encode(text.encode()).decode()
    if row.type.lower() == "boolean":
        return {"Y": "true", "N": "false"}.get(text, text)
    if row.type.lower() == "time" or row.target.endswith("valueTime"):
        return ":".join((text[:2], text[2:4], text[4:]))
    return text[:8] if row.type.lower() == "date" else text


def typed(texts: dict[Place, str]) -> dict[Place, str]:
    """Make a universal id one of the type beside it, and the value of an OBX one of its value type."""
    kind = texts.get(("HD", (3,)), "")
    if kind in _IDS and texts.get(("HD", (2,))):
        texts = {**texts, ("HD", (2,)): _IDS[kind]}
    value = _VALUES.get(texts.get(("OBX", (2,)), ""), {})
    if any(place[0] == "OBX" and place[1][0] == 5 and len(place[1]) > 1 for place in texts):  # noqa: PLR2004  OBX-5
        return {place: text for place, text in texts.items() if place != ("OBX", (5,))}
    if value and texts.get(("OBX", (5,)), "Qx").startswith("Qx"):
        texts = {place: text for place, text in texts.items() if place != ("OBX", (5,))}
        texts |= {("OBX", numbers): text for numbers, text in value.items()}
    return texts
