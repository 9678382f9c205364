"""Plans that are kept between processes."""

from samspil_validation import planstore
from samspil_validation.planstore import PlanStore


def test_a_plan_is_made_once(tmp_path) -> None:
    """What one process made, the next one reads."""
    assert PlanStore(tmp_path).get_or_make("a", lambda: {"made": 1}) == {"made": 1}
    assert PlanStore(tmp_path).get_or_make("a", lambda: {"made": 2}) == {"made": 1}


def test_plans_of_another_make_are_not_read(tmp_path, monkeypatch) -> None:
    """A plan that other code compiled might say other things: it is made anew."""
    PlanStore(tmp_path).get_or_make("a", lambda: 1)
    monkeypatch.setattr(planstore, "maker", lambda: "other")
    assert PlanStore(tmp_path).get_or_make("a", lambda: 2) == 2
