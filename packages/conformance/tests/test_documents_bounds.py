"""A file that a person writes is read within bounds, and told about without what it holds of persons."""

import pytest

from samspil_conformance.documents import BadFile, read


def said(tmp_path, text: str, rules: object = None) -> str:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        read(path, rules)
    return str(caught.value)


@pytest.mark.parametrize("text", ["[" * 50_000, "- " * 50_000, "{a: " * 50_000, "[" * 50_000 + "]" * 50_000])
def test_nesting_that_would_end_the_process_is_refused(text: str, tmp_path) -> None:
    assert "nested deeper" in said(tmp_path, text)


def test_aliases_of_aliases_are_refused_before_they_are_followed(tmp_path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at + 1}: &a{at + 1} [{', '.join([f'*a{at}'] * 9)}]" for at in range(12)]
    assert "aliases stand for more" in said(tmp_path, "\n".join(lines), {"type": "object"})


def test_an_alias_of_what_it_is_in_is_refused(tmp_path) -> None:
    assert "stands for what it is in" in said(tmp_path, "&a [*a]")


def test_an_alias_that_stays_small_is_read(tmp_path) -> None:
    (tmp_path / "a.yaml").write_text("a: &a {b: [1]}\nc: *a\nd: [*a, &e f, *e]\n", encoding="utf-8")
    value = {"b": [1]}
    assert read(tmp_path / "a.yaml") == {"a": value, "c": value, "d": [value, "f", "f"]}


def test_a_number_that_cannot_be_held_is_refused(tmp_path) -> None:
    assert "number" in said(tmp_path, f"a: {'9' * 5000}")


@pytest.mark.parametrize(
    "text", ["MSH|PID|Sorensen", "[{name: Sorensen}]", "a: {b: {name: [Sorensen, " + "x, " * 99 + "]}}"]
)
def test_a_record_given_by_mistake_is_not_repeated(text: str, tmp_path) -> None:
    rules = {"type": "object", "properties": {"a": {"type": "string"}}}
    told = said(tmp_path, text, rules)
    assert "is not of type" in told
    assert "Sorensen" not in told
