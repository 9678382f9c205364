"""Names and types of fields and components."""

from samspil_hl7v2.v2.fields import Component, Field, component, components, field


def test_a_field_has_name_type_and_repetitions() -> None:
    """The newest version that has the field counts."""
    assert field("PID", 3) == Field("patient identifier list", "CX", None)
    assert field("PID", 8) == Field("administrative sex", "CWE", 1, "0001")
    assert field("PID", 6) == Field("mother's maiden name", "XPN", None)
    assert field("OBX", 5) == Field("observation value", "varies", None)


def test_a_withdrawn_field_keeps_its_last_type() -> None:
    """PID-2 was withdrawn in v2.7, SSN later: senders still fill them."""
    withdrawn = field("PID", 2)
    assert withdrawn is not None
    assert withdrawn.type == "CX"


def test_what_hl7_does_not_define_is_none() -> None:
    """Z segments and numbers beyond the last field have no entry."""
    assert field("ZPI", 1) is None
    assert field("PID", 99) is None
    assert component("CX", 99) is None


def test_components() -> None:
    """A complex datatype lists its components in order; a primitive has none."""
    assert component("CX", 4) == Component("assigning authority", "HD")
    assert [one.type for one in components("HD")] == ["IS", "ST", "ID"]
    assert [one.name for one in components("CWE")][:3] == ["identifier", "text", "name of coding system"]
    assert components("CE")[3].name == "alternate identifier"
    assert components("ST") == ()


def test_every_component_type_is_known() -> None:
    """Each component is of a primitive type or of one with components."""
    primitive = {"DT", "DTM", "FT", "GTS", "ID", "IS", "NM", "SI", "SNM", "ST", "TM", "TN", "TX", "varies"}
    for datatype in ("CWE", "CX", "XPN", "XCN", "XON", "XAD", "XTN", "PL", "EI", "HD", "SN", "TQ", "ED"):
        for one in components(datatype):
            assert one.type in primitive or components(one.type)
