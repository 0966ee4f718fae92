"""A question that a screen keeps by itself is its officer's, and goes with its act."""

from __future__ import annotations

from desktop.domain.application import Draft
from desktop.presenters.stock import StockDesk
from desktop.presenters.stock_view import Area
from desktop.services.kept_work import STOCK_QUESTION
from tests.walks.world import PASSWORDS, World
from ui.going_on import place_of

TRANSFER = {"count": "2", "office": "1375", "letter": "ND/"}


def opened(world: World) -> StockDesk:
    made = StockDesk(world.desk)
    made.enter(None)
    return made


def begun(world: World) -> list[Draft]:
    return [d for d in world.desk.kept_work.begun(world.by) if d.form == STOCK_QUESTION]


def test_a_question_opens_again_for_its_officer_alone(world: World) -> None:
    world.sign_in("nyoman")
    presenter = opened(world)
    presenter.ask("transfer", TRANSFER)
    presenter.close()
    world.sign_in("bambang")
    assert begun(world) == []
    other = opened(world)
    assert other.view.asked is None
    other.ask("redeem", {"count": "30001"})
    assert len(begun(world)) == 1, "each officer's own"
    other.close()
    world.sign_in("nyoman")
    [draft] = begun(world)
    assert place_of(draft) == ("stock", None)
    again = opened(world)
    asked = again.view.asked
    assert asked is not None
    assert (asked.question, asked.answers, asked.again) == ("transfer", TRANSFER, True)
    again.transfer(2, "1375", "ND/7", *PASSWORDS["bambang"])
    assert again.view.problem is None
    assert (again.view.asked, begun(world)) == (None, [])


def test_an_officer_who_is_relieved_finds_the_question_on_coming_back(world: World) -> None:
    """Their sheet closes at another's sign-in: it was laid aside, not given up."""
    world.sign_in("nyoman")
    presenter = opened(world)
    presenter.ask("transfer", TRANSFER)
    world.sign_in("bambang")
    assert presenter.answered("transfer") == {}, "what Nyoman answered is nobody else's"
    presenter.ask_no_more()
    presenter.enter(Area.STOCK)
    assert presenter.view.asked is None
    world.sign_in("nyoman")
    assert len(begun(world)) == 1
    presenter.enter(Area.STOCK)
    assert presenter.view.asked is not None
    presenter.ask_no_more()
    assert (presenter.view.asked, begun(world)) == (None, [])


def test_what_nobody_signed_beside_is_offered_again_and_leads_nobody_there(world: World) -> None:
    world.sign_in("nyoman")
    presenter = opened(world)
    presenter.ask("transfer", TRANSFER)
    presenter.ask_later()  # Escape at the second officer's sheet
    presenter.load()
    assert begun(world) == []
    assert presenter.answered("transfer") == TRANSFER
    presenter.ask("transfer", TRANSFER)
    assert len(begun(world)) == 1


def test_a_letter_that_was_refused_is_kept_until_it_is_given_up(world: World) -> None:
    world.sign_in("nyoman")
    presenter = opened(world)
    presenter.ask("redeem", {"text": "SKP/0009/1374/2026"})
    assert len(begun(world)) == 1
    presenter.redeem("SKP/0009/1374/2026")
    assert presenter.view.problem is not None
    assert presenter.answered("redeem") == {"text": "SKP/0009/1374/2026"}
    presenter.ask_no_more()
    assert begun(world) == []


def test_a_question_about_a_card_is_found_by_whoever_comes_back_to_it(world: World) -> None:
    world.sign_in("nyoman")
    presenter = opened(world)
    presenter.scanned("CT26030005")
    presenter.ask("find", {"text": "Di laci"})
    world.sign_in("bambang")
    presenter.ask_no_more()
    presenter.enter(Area.STOCK)
    world.sign_in("nyoman")
    presenter.enter(Area.STOCK)
    assert presenter.view.asked is not None
    assert presenter.view.asked.answers == {"text": "Di laci"}
    presenter.ask_no_more()
    presenter.turn_to(Area.STOCK)
    presenter.show(looked=None)
    presenter.ask("assign", {"count": "45"})
    world.sign_in("bambang")
    presenter.ask_no_more()
    presenter.enter(Area.STOCK)
    presenter.scanned("CT26030006")
    world.sign_in("nyoman")
    presenter.enter(Area.STOCK)
    assert presenter.answered("assign") == {"count": "45"}, "asked of no card"


def test_a_question_stays_for_one_who_was_relieved_by_somebody_at_another_screen(
    world: World,
) -> None:
    world.sign_in("nyoman")
    presenter = opened(world)
    presenter.ask("transfer", TRANSFER)
    world.sign_in("bambang")
    presenter.ask_no_more()
    presenter.leave()
    world.sign_in("nyoman")
    presenter.show()
    assert len(begun(world)) == 1, "not looked for yet"
    presenter.enter(Area.STOCK)
    assert presenter.answered("transfer") == TRANSFER
