"""The public interface: what a caller may import, and what the API reference shows.

Of each package its root, and the modules named here, each with the names of its `__all__`, or with every name it defines
itself. Everything else may change without notice. A test holds that no page and no typed caller imports anything else.
"""

PUBLIC = {
    "samspil_core": (
        "coded",
        "findings",
        "identity",
        "jsontext",
        "ndjson",
        "outcome",
        "ports",
        "primitives",
        "testing",
        "values",
    ),
    "samspil_definitions": (),
    "samspil_fhirpath": (),
    "samspil_hl7v2": ("batch", "mllp", "reader", "spark"),
    "samspil_validation": (),
    "samspil_terminology": (
        "client",
        "mapping.conceptmap",
        "mapping.coverage",
        "mapping.local",
        "mapping.reapply",
        "mapping.review",
        "mapping.sssom",
        "mapping.suggest",
        "mapping.usagi",
        "mapping.work",
        "server.app",
        "wire.operations",
    ),
    "samspil_consent": (
        "breakglass",
        "decider",
        "enforcement",
        "explanation",
        "middleware",
        "proxy",
        "recording",
        "rights",
        "scopes",
        "store",
        "token",
    ),
    "samspil_audit": ("classify", "export", "merkle", "middleware", "record", "report", "retention", "sinks", "verify"),
    "samspil_conformance": ("chance", "evidence", "executor", "maker", "suite", "sut", "testscript"),
    "samspil_testserver": (),
    "samspil_server": (),
    "samspil_cli": ("render",),
}


def modules(package: str) -> list[str]:
    """Give the public modules of a package, its root first."""
    return [package, *(f"{package}.{name}" for name in PUBLIC[package])]
