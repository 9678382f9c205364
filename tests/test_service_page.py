"""The reference page of the service is what the tables say."""

from tools import service_page
from tools.generated import is_current
from tools.projects import ROOT


def test_the_page_of_the_service_is_current() -> None:
    assert is_current(ROOT / service_page.PAGE, service_page.page), "run `make pages`"
