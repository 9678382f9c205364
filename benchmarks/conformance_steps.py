"""The steps of the suite that bench_conformance.py makes: they do next to nothing, so that what runs them is measured."""

from pytest_bdd import given, parsers, then, when

from samspil_conformance.checks import equal


@given("nothing yet", target_fixture="sums")
def nothing() -> list[int]:
    """An empty list."""
    return []


@when(parsers.parse("{number:d} is added"))
def added(sums: list[int], number: int) -> None:
    """One number more."""
    sums.append(number)


@then(parsers.parse("the sum is {total:d}"))
def total_is(sums: list[int], total: int) -> None:
    """The only judgement."""
    equal(sum(sums), total, "the sum")
