"""Asking for products and models by name."""

import orjson
import pytest
from scripted_pim import Reply, ScriptedPim

from akeneo_assets.pim.by_name import Parsers, ask_by_name, listed_by_name
from akeneo_assets.pim.partial import TEXT, item_text_parser, page_parser
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError

PRODUCTS, MODELS = "/api/rest/v1/products-uuid", "/api/rest/v1/product-models"
PARSERS = Parsers(page_parser(()), item_text_parser(()))
NOT_FOUND = Reply({"code": 404, "message": "It does not exist or you do not have permission to access it."}, status=404)


def page(*items: dict[str, str]) -> Reply:
    return Reply({"_links": {}, "_embedded": {"items": list(items)}})


def test_products_are_looked_for_in_a_list_and_those_it_lacks_one_by_one(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(PRODUCTS, page({"uuid": "a"}))
    pim.answers(f"{PRODUCTS}/b", Reply({"uuid": "b", "family": "tents"}))
    pim.answers(f"{PRODUCTS}/c", NOT_FOUND)
    (answers,) = ask_by_name(client, "products-uuid", ["a", "b", "c"], PARSERS, {"with_completenesses": "true"})
    assert [(answer.name, answer.item is not None, answer.listed) for answer in answers] == [
        ("a", True, True),
        ("b", True, False),
        ("c", False, False),
    ]
    assert answers[1].item is not None
    assert orjson.loads(answers[1].item[TEXT]) == {"uuid": "b", "family": "tents"}
    (listed,) = pim.calls(PRODUCTS)
    assert orjson.loads(listed.query["search"]) == {"uuid": [{"operator": "IN", "value": ["a", "b", "c"]}]}
    assert [call.query["with_completenesses"] for call in (listed, *pim.calls(f"{PRODUCTS}/b"))] == ["true", "true"]


def test_models_are_asked_for_one_by_one_however_their_codes_are_spelled(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(f"{MODELS}/shirt%2Fblue%20%231", Reply({"code": "Shirt/Blue #1"}))
    (answers,) = ask_by_name(client, "product-models", ["shirt/blue #1"], PARSERS, {})
    assert [(answer.item or {}).get("code") for answer in answers] == ["Shirt/Blue #1"]
    assert pim.calls(MODELS) == []


def test_a_refusal_is_no_absence_and_another_item_is_no_answer(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(f"{MODELS}/a", Reply({"code": 403, "message": "Access forbidden."}, status=403))
    with pytest.raises(PermanentPimError, match="403"):
        list(ask_by_name(client, "product-models", ["a"], PARSERS, {}))
    pim.answers(f"{MODELS}/b", Reply({"code": "c"}))
    with pytest.raises(PermanentPimError, match="asked for product-models/b and answered with 'c'"):
        list(ask_by_name(client, "product-models", ["b"], PARSERS, {}))


def test_names_go_into_calls_of_fifty(pim: ScriptedPim, client: PimClient) -> None:
    pim.answers(MODELS, page())
    assert list(listed_by_name(client, "product-models", [f"m{n}" for n in range(230)], PARSERS, {})) == [[]] * 5
    sizes = [len(orjson.loads(call.query["search"])["identifier"][0]["value"]) for call in pim.calls(MODELS)]
    assert sorted(sizes) == [30, 50, 50, 50, 50]
