"""What identifies a call: keys in ledgers must stay what they are."""

from audit_agent.domain.spend import Tokens
from audit_agent.llm.call import ChatMessage, Image, ModelCall
from audit_agent.llm.prices import load_prices
from tests.peers.paying import question


def test_a_call_without_pictures_has_the_key_it_always_had() -> None:
    assert question().key == "55a8ede14b275eba5ccb3794b6cd2c24529fecd61433de2bf3727a6b3e0668f0"
    assert "images" not in question().model_dump_json()


def test_a_picture_is_part_of_the_key() -> None:
    pictured = [_with(Image(media_type="image/png", data=data)).key for data in ("AAAA", "BBBB")]
    assert len({*pictured, question().key}) == 3


def test_an_estimate_covers_pictures_and_what_is_written_to_the_cache() -> None:
    prices = load_prices()
    plain, pictured = prices.estimate(question()), prices.estimate(_with(Image(media_type="image/png", data="AAAA")))
    assert plain is not None
    assert pictured is not None
    written = Tokens(cache_write=len("You are an auditor.What stands out?"), output=question().max_tokens)
    cost = prices.cost(question().model, written)
    assert cost is not None
    assert plain >= cost
    assert pictured - plain == prices.models[question().model].cache_write * 5_000 / 1_000_000


def _with(image: Image) -> ModelCall:
    message = ChatMessage(role="user", content="What stands out?", images=(image,))
    return question().model_copy(update={"messages": (message,)})
