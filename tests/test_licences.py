"""Nothing we run, test with or ship stands under a licence that binds what is built on it."""

from importlib.metadata import Distribution, distributions

import pytest

FORBIDDEN = ("GPL", "GNU")


@pytest.mark.parametrize("package", list(distributions()), ids=lambda package: package.name)
def test_licence(package: Distribution) -> None:
    told = package.metadata
    words = [told.get("License-Expression") or (told.get("License") or "")[:100]]
    words += [line for line in told.get_all("Classifier") or [] if line.startswith("License")]
    assert not [word for word in words if any(name in word for name in FORBIDDEN)]
