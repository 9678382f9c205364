"""The suites as a FHIR package, for those who take test material the way they take profiles.

https://confluence.hl7.org/display/FHIR/NPM+Package+Specification: what is no resource of FHIR lies in `package/other`.
"""

import gzip
import importlib.metadata
import io
import json
import tarfile

from . import data

__all__ = ["NAME", "fhir_package"]

NAME = "samspil.conformance.suites"


def fhir_package() -> bytes:
    """The archive `NAME-VERSION.tgz`: suites, requirements and schemas; the same material gives the same bytes."""
    folder = data.folder()
    files = {
        f"package/other/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = {
        "name": NAME,
        "version": importlib.metadata.version("samspil-conformance"),
        "description": "Conformance suites in Gherkin, the requirements they answer, and the schemas of both",
        "license": "Apache-2.0",
        "author": "Samspil",
        "fhirVersions": ["4.0.1"],
        "dependencies": {"hl7.fhir.r4.core": "4.0.1"},
    }
    files["package/package.json"] = (json.dumps(manifest, indent=2) + "\n").encode()
    files["package/.index.json"] = b'{"index-version": 2, "files": []}\n'
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)
