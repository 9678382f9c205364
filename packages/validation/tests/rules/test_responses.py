"""A response against its questionnaire."""

from decimal import Decimal

import pytest

from samspil_validation.rules.questionnaires.response import rule

URL = "urn:test:questionnaire"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-"
CORE = "http://hl7.org/fhir/StructureDefinition/"
UCUM = "http://unitsofmeasure.org"


def questionnaire(*items):
    return {"resourceType": "Questionnaire", "url": URL, "item": list(items)}


def response(*items, status="completed"):
    return {"resourceType": "QuestionnaireResponse", "questionnaire": URL, "status": status, "item": list(items)}


def answered(link, *values, **more):
    return {"linkId": link, "answer": list(values), **more}


def at(*steps):
    return ".".join(["QuestionnaireResponse", *steps])


def test_a_response_that_answers_what_is_asked_has_no_findings(check):
    asked = questionnaire(
        {"linkId": "g", "type": "group", "item": [{"linkId": "a", "type": "string", "required": True}]},
        {"linkId": "b", "type": "integer", "repeats": True, "item": [{"linkId": "c", "type": "boolean"}]},
        {"linkId": "d", "type": "display"},
    )
    given = response(
        {"linkId": "g", "item": [answered("a", {"valueString": "x"})]},
        answered("b", {"valueInteger": 1, "item": [answered("c", {"valueBoolean": True})]}, {"valueInteger": 2}),
        {"linkId": "d"},
    )
    assert check(rule, given, asked) == []


def test_an_unknown_questionnaire_is_undecided_and_a_missing_one_a_warning(check):
    assert check(rule, response(answered("a", {"valueString": "x"}))) == [("501", at("questionnaire"))]
    without = {"resourceType": "QuestionnaireResponse", "item": [{"linkId": "a"}]}
    assert check(rule, without) == [("500", "QuestionnaireResponse")]


def test_a_canonical_of_another_type_is_an_error(check):
    other = {"resourceType": "ValueSet", "url": URL}
    assert check(rule, response(), other) == [("532", at("questionnaire"))]


@pytest.mark.parametrize(
    ("asked", "given", "found"),
    [
        ({"type": "string"}, {}, []),
        ({"type": "string", "required": True}, None, [("508", "QuestionnaireResponse")]),
        ({"type": "string", "required": True}, {}, [("508", at("item[0]"))]),
        ({"type": "group", "required": True}, {}, [("510", at("item[0]"))]),
        ({"type": "group"}, {"answer": [{"valueString": "x"}]}, [("512", at("item[0]"))]),
        ({"type": "question"}, {"answer": [{"valueString": "x"}]}, [("512", at("item[0]"))]),
        ({"type": "display"}, {"answer": [{"valueString": "x"}]}, [("513", at("item[0]"))]),
        (
            {"type": "string", "item": [{"linkId": "z", "type": "string"}]},
            {"answer": [{"valueString": "x"}], "item": [{"linkId": "z"}]},
            [("514", at("item[0]"))],
        ),
        ({"type": "string"}, {"answer": [{"valueString": "x"}, {"valueString": "y"}]}, [("515", at("item[0]"))]),
        ({"type": "boolean"}, {"answer": [{"valueString": "x"}]}, [("518", at("item[0]", "answer[0]", "value"))]),
        ({"type": "integer"}, {"answer": [{"valueDecimal": 1}]}, [("518", at("item[0]", "answer[0]", "value"))]),
        ({"type": "url"}, {"answer": [{"valueUri": "urn:x"}]}, []),
        ({"type": "choice"}, {"answer": [{"valueCoding": {"code": "x"}}]}, []),
        (
            {"type": "choice", "answerOption": [{"valueInteger": 1}, {"valueInteger": 2}]},
            {"answer": [{"valueInteger": 3}]},
            [("519", at("item[0]", "answer[0]", "value"))],
        ),
        (
            {"type": "choice", "answerOption": [{"valueCoding": {"system": "s", "code": "a"}}]},
            {"answer": [{"valueCoding": {"system": "s", "code": "b"}}]},
            [("519", at("item[0]", "answer[0]"))],
        ),
        (
            {"type": "open-choice", "answerOption": [{"valueCoding": {"system": "s", "code": "a"}}]},
            {"answer": [{"valueString": "something else"}]},
            [],
        ),
        (
            {"type": "coding", "answerConstraint": "optionsOrString", "answerOption": [{"valueCoding": {"code": "a"}}]},
            {"answer": [{"valueString": "something else"}]},
            [],
        ),
        (
            {"type": "string", "maxLength": 3},
            {"answer": [{"valueString": "four"}]},
            [("524", at("item[0]", "answer[0]", "value"))],
        ),
        (
            {"type": "reference"},
            {"answer": [{"valueReference": {"reference": "Chicken/1"}}]},
            [("522", at("item[0]", "answer[0]", "value"))],
        ),
    ],
)
def test_an_item_against_what_is_asked(check, asked, given, found):
    items = [] if given is None else [{"linkId": "a", **given}]
    assert check(rule, response(*items), questionnaire({"linkId": "a", **asked})) == found


@pytest.mark.parametrize(
    ("url", "limit", "kind", "answer", "code"),
    [
        (CORE + "minLength", {"valueInteger": 3}, "string", {"valueString": "ab"}, "523"),
        (CORE + "regex", {"valueString": "[a-z]+"}, "string", {"valueString": "ab1"}, "677"),
        (CORE + "regex", {"valueString": "(a+)+"}, "string", {"valueString": "a" * 100_000 + "!"}, "677"),
        (CORE + "regex", {"valueString": "(?!b)(a+)+"}, "string", {"valueString": "a" * 1000 + "!"}, "559"),
        (CORE + "regex", {"valueString": "("}, "string", {"valueString": "ab1"}, "559"),
        (CORE + "minValue", {"valueInteger": 3}, "integer", {"valueInteger": 2}, "525"),
        (CORE + "maxValue", {"valueDecimal": Decimal("1.5")}, "decimal", {"valueDecimal": Decimal("1.51")}, "526"),
        (CORE + "maxValue", {"valueDate": "2020-06"}, "date", {"valueDate": "2020-07-01"}, "526"),
        (CORE + "maxValue", {"valueTime": "12:00:00"}, "time", {"valueTime": "12:00:01"}, "526"),
        (CORE + "maxDecimalPlaces", {"valueInteger": 1}, "decimal", {"valueDecimal": Decimal("1.25")}, "528"),
        (
            CORE + "mimeType",
            {"valueCode": "image/png"},
            "attachment",
            {"valueAttachment": {"contentType": "text/html"}},
            "529",
        ),
        (CORE + "maxSize", {"valueDecimal": 1}, "attachment", {"valueAttachment": {"size": 1_000_001}}, "530"),
        (
            CORE + "questionnaire-referenceResource",
            {"valueCode": "Patient"},
            "reference",
            {"valueReference": {"reference": "Organization/1"}},
            "521",
        ),
        (
            CORE + "questionnaire-unitOption",
            {"valueCoding": {"system": UCUM, "code": "kg"}},
            "quantity",
            {"valueQuantity": {"value": 1, "system": UCUM, "code": "g"}},
            "531",
        ),
        (
            SDC + "questionnaire-minQuantity",
            {"valueQuantity": {"value": 3, "system": UCUM, "code": "kg"}},
            "quantity",
            {"valueQuantity": {"value": 2, "system": UCUM, "code": "kg"}},
            "525",
        ),
        (
            SDC + "questionnaire-minQuantity",
            {"valueQuantity": {"value": 3, "unit": "kg"}},
            "quantity",
            {"valueQuantity": {"value": 4, "unit": "kg"}},
            "527",
        ),
    ],
)
def test_a_limit_set_by_an_extension(check, url, limit, kind, answer, code):
    asked = questionnaire({"linkId": "a", "type": kind, "extension": [{"url": url, **limit}]})
    found = check(rule, response(answered("a", answer)), asked)
    assert [each[0] for each in found] == [code]
    assert found[0][1].startswith(at("item[0]", "answer[0]"))


@pytest.mark.parametrize(("kind", "codes"), [("choice", ["520"]), ("open-choice", [])])
def test_an_answer_without_a_code_is_in_no_value_set(check, kind, codes):
    value_set = {"resourceType": "ValueSet", "url": "urn:vs", "compose": {"include": []}}
    asked = questionnaire({"linkId": "a", "type": kind, "answerValueSet": "urn:vs"})
    found = check(rule, response(answered("a", {"valueCoding": {"display": "x"}})), asked, value_set)
    assert [each[0] for each in found] == codes


def test_units_that_measure_the_same_are_compared_by_the_engine(check):
    limit = {"value": 1, "system": UCUM, "code": "kg"}
    asked = questionnaire(
        {
            "linkId": "a",
            "type": "quantity",
            "extension": [{"url": SDC + "questionnaire-maxQuantity", "valueQuantity": limit}],
        }
    )
    given = response(answered("a", {"valueQuantity": {"value": 1001, "system": UCUM, "code": "g"}}))
    answers = {"1001 'g' < 1 'kg'": [False], "1001 'g' = 1 'kg'": [False], "1001 'g' > 1 'kg'": [True]}
    assert check(rule, given, asked, evaluate=answers.__getitem__) == [("526", at("item[0]", "answer[0]", "value"))]
    assert check(rule, given, asked) == [("527", at("item[0]", "answer[0]", "value"))]


@pytest.mark.parametrize("status", ["in-progress", "stopped"])
def test_an_unfinished_response_may_lack_what_is_required(check, status):
    asked = questionnaire({"linkId": "a", "type": "string", "required": True})
    found = check(rule, response(status=status), asked, whole=True)
    assert [issue.severity for issue in found] == ["information"]


def test_items_stand_where_and_in_the_order_in_which_they_are_asked(check):
    asked = questionnaire(
        {"linkId": "a", "type": "string"},
        {"linkId": "g", "type": "group", "item": [{"linkId": "b", "type": "string"}]},
    )
    given = response({"linkId": "g"}, {"linkId": "a"}, {"linkId": "b"}, {"linkId": "x"}, {})
    assert check(rule, given, asked) == [
        ("505", at("item[1]")),
        ("504", at("item[2]")),
        ("503", "QuestionnaireResponse"),
        ("502", at("item[4]")),
    ]


def test_an_item_that_does_not_repeat_stands_once(check):
    asked = questionnaire({"linkId": "a", "type": "group"})
    assert check(rule, response({"linkId": "a"}, {"linkId": "a"}), asked) == [("506", "QuestionnaireResponse")]


def test_how_many_answers_there_are(check):
    bounds = [
        {"url": CORE + "questionnaire-minOccurs", "valueInteger": 2},
        {"url": CORE + "questionnaire-maxOccurs", "valueInteger": 3},
    ]
    asked = questionnaire({"linkId": "a", "type": "integer", "repeats": True, "extension": bounds})
    few, many = [[{"valueInteger": n} for n in range(count)] for count in (1, 4)]
    assert check(rule, response(answered("a", *few)), asked) == [("516", at("item[0]"))]
    assert check(rule, response(answered("a", *many)), asked) == [("517", at("item[0]"))]


@pytest.mark.parametrize(
    ("condition", "given", "on"),
    [
        ({"operator": "=", "answerBoolean": True}, {"valueBoolean": True}, True),
        ({"operator": "=", "answerBoolean": True}, {"valueBoolean": False}, False),
        ({"operator": "!=", "answerInteger": 1}, {"valueInteger": 2}, True),
        ({"operator": "!=", "answerInteger": 1}, {"valueInteger": 1}, False),
        ({"operator": ">", "answerDecimal": Decimal("1.0")}, {"valueDecimal": Decimal("1.1")}, True),
        ({"operator": ">=", "answerDecimal": Decimal("1.0")}, {"valueDecimal": Decimal(1)}, True),
        ({"operator": "<", "answerDate": "2020-02"}, {"valueDate": "2020-01-31"}, True),
        ({"operator": "<", "answerDate": "2020-02"}, {"valueDate": "2020-02-01"}, None),
        ({"operator": "exists", "answerBoolean": True}, {"valueString": "x"}, True),
        ({"operator": "exists", "answerBoolean": False}, {"valueString": "x"}, False),
        (
            {"operator": "=", "answerCoding": {"system": "s", "code": "a"}},
            {"valueCoding": {"system": "s", "code": "a", "display": "A"}},
            True,
        ),
        (
            {"operator": "=", "answerCoding": {"system": "s", "code": "a"}},
            {"valueCoding": {"system": "t", "code": "a"}},
            False,
        ),
        (
            {"operator": "=", "answerQuantity": {"value": 1, "code": "g"}},
            {"valueQuantity": {"value": 1, "code": "kg"}},
            None,
        ),
    ],
)
def test_an_item_is_answered_only_where_its_conditions_hold(check, condition, given, on):
    asked = questionnaire(
        {"linkId": "a", "type": next(iter(given)).removeprefix("value").lower().replace("coding", "choice")},
        {"linkId": "b", "type": "string", "enableWhen": [{"question": "a", **condition}]},
    )
    found = check(rule, response(answered("a", given), answered("b", {"valueString": "x"})), asked)
    assert found == ([("507", at("item[1]"))] if on is False else [])


@pytest.mark.parametrize(("behavior", "found"), [("any", []), ("all", [("507", at("item[1]"))])])
def test_several_conditions_join_as_the_questionnaire_says(check, behavior, found):
    conditions = [{"question": "a", "operator": "=", "answerInteger": n} for n in (1, 2)]
    asked = questionnaire(
        {"linkId": "a", "type": "integer"},
        {"linkId": "b", "type": "string", "enableBehavior": behavior, "enableWhen": conditions},
    )
    assert (
        check(rule, response(answered("a", {"valueInteger": 1}), answered("b", {"valueString": "x"})), asked) == found
    )


def test_a_condition_may_be_an_expression(check):
    expression = {"language": "text/fhirpath", "expression": "false"}
    extension = [{"url": SDC + "questionnaire-enableWhenExpression", "valueExpression": expression}]
    asked = questionnaire({"linkId": "a", "type": "string", "extension": extension, "required": True})
    given = response(answered("a", {"valueString": "x"}))
    assert check(rule, given, asked, evaluate=lambda _: [False]) == [("507", at("item[0]"))]
    assert check(rule, given, asked, evaluate=lambda _: [True]) == []
    assert check(rule, given, asked) == []
    assert check(rule, response(), asked, evaluate=lambda _: []) == []


def test_what_is_required_of_a_disabled_item_is_not_missing(check):
    condition = [{"question": "a", "operator": "exists", "answerBoolean": True}]
    asked = questionnaire(
        {"linkId": "a", "type": "string"}, {"linkId": "b", "type": "string", "required": True, "enableWhen": condition}
    )
    assert check(rule, response(), asked) == []


def test_options_come_from_a_value_set(check):
    value_set = {
        "resourceType": "ValueSet",
        "url": "urn:vs",
        "compose": {"include": [{"system": "s", "concept": [{"code": "a"}]}]},
    }
    asked = questionnaire(
        {"linkId": "a", "type": "choice", "answerValueSet": "urn:vs"},
        {"linkId": "b", "type": "string", "answerValueSet": "urn:vs"},
    )
    given = response(answered("a", {"valueCoding": {"system": "s", "code": "b"}}), answered("b", {"valueString": "c"}))
    assert check(rule, given, asked, value_set) == [
        ("520", at("item[0]", "answer[0]")),
        ("520", at("item[1]", "answer[0]", "value")),
    ]


@pytest.mark.parametrize(
    ("compose", "code", "found"),
    [
        ({"include": [{"system": "s", "concept": [{"code": "a"}]}]}, "a", []),
        ({"include": [{"system": "s", "concept": [{"code": "a"}]}]}, "b", [("520", at("item[0]", "answer[0]"))]),
        (
            {"include": [{"system": "t"}, {"system": "s", "concept": [{"code": "a"}]}]},
            "b",
            [("520", at("item[0]", "answer[0]"))],
        ),
        ({"include": [{"system": "s", "filter": [{}]}]}, "b", [("537", at("item[0]", "answer[0]"))]),
        (
            {"include": [{"system": "s", "concept": [{"code": "a"}]}], "exclude": [{"system": "s"}]},
            "b",
            [("537", at("item[0]", "answer[0]"))],
        ),
        ({"include": [{"valueSet": ["urn:unknown"]}]}, "b", [("537", at("item[0]", "answer[0]"))]),
        ({}, "b", [("537", at("item[0]", "answer[0]"))]),
    ],
)
def test_options_come_from_a_value_set_that_the_questionnaire_contains(check, compose, code, found):
    contained = [{"resourceType": "ValueSet", "id": "v", "compose": compose}]
    asked = {**questionnaire({"linkId": "a", "type": "choice", "answerValueSet": "#v"}), "contained": contained}
    given = response(answered("a", {"valueCoding": {"system": "s", "code": code}}))
    assert check(rule, given, asked) == found


def test_the_regular_expressions_of_all_answers_share_one_measure_of_work(check):
    """Each alone is answered: the hundredth is not."""
    regex = {"url": CORE + "regex", "valueString": "(.{0,31}){0,31}x"}
    asked = questionnaire({"linkId": "a", "type": "string", "repeats": True, "extension": [regex]})
    given = response(answered("a", *[{"valueString": f"{n}" + "æ" * 20_000} for n in range(100)]))
    found = [code for code, _ in check(rule, given, asked)]
    assert found.count("677") + found.count("559") == len(found) == 100
    assert found[0] == "677"
    assert found[-1] == "559"


def test_questions_of_one_link_id_are_asked_once(check):
    """Each of them of each answer would be four hundred million."""
    asked = [{"linkId": "a", "type": "string", "repeats": True}] * 20_000
    given = [answered("a", {"valueInteger": 1})] * 20_000
    assert len(check(rule, response(*given), questionnaire(*asked))) == 20_000


def test_a_response_of_any_shape_raises_nothing(check):
    asked = questionnaire({"linkId": "a", "type": "string"}, {"linkId": 7, "type": None, "item": "x"})
    for item in ("x", [7], [{"linkId": "a", "answer": "x"}], [{"linkId": "a", "answer": [{"valueString": {"a": 1}}]}]):
        check(rule, {**response(), "item": item}, asked)
