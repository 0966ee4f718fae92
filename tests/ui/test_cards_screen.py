"""The card desk by hand: a scan opens the card, one key an act, a second officer signs."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.domain.application import Application, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import PROGRAM, Role
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.stock import BlankAction
from desktop.domain.workflow import BLANK
from desktop.presenters.cards import CardDesk
from desktop.presenters.cards_view import CardAct, CardStep
from desktop.services.oversight import TrailQuery
from tests.ui.counter_world import CTRL, Hands
from tests.walks.making import ready
from tests.walks.steps import captured, case, checked, handed, paid, registered
from tests.walks.world import PASSWORDS
from ui.screens.cards import CardsScreen
from ui.screens.online_dialogs import YesDialog
from ui.screens.walkin import WalkInScreen
from ui.step_guard import StepGuard
from ui.widgets.labels import Text

KEY = Qt.Key


def screen(hands: Hands) -> CardsScreen:
    found = hands.window.current_screen
    assert isinstance(found, CardsScreen)
    return found


def desk(hands: Hands) -> CardDesk:
    return screen(hands).presenter


def second(hands: Hands, name: str) -> None:
    """The second officer picks the own name and types the own password."""
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    table = sheet.table  # type: ignore[attr-defined]
    for _ in range(12):
        if table.current_key() == PASSWORDS[name][0]:
            break
        hands.hit(KEY.Key_Down)
    hands.type(PASSWORDS[name][1])
    hands.hit(KEY.Key_Return)


def made(hands: Hands, number: int = 1, *, out: bool = True) -> Application:
    """A finished card, before Andi sits at his window."""
    hands.world.sign_in("andi")
    app = ready(hands.world, number)
    if out:
        app = handed(hands.world, app)
    hands.desk.duty.sign_out()
    return app


def status(hands: Hands, app: Application) -> LicenceStatus:
    with hands.desk.ledger.reading() as r:
        return r.get(Licence, app.licence_id).status


def test_a_scanned_card_opens_itself_and_is_corrected_by_two(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("andi")
    hands.window.on_scan(app.blank_serial)
    assert desk(hands).view.in_hand
    assert screen(hands).box.hasFocus()
    hands.press(KEY.Key_B)
    assert desk(hands).view.step is CardStep.TYPING
    form = screen(hands).typing.form
    form.fields["occupation"].setFocus()
    form.fields["occupation"].selectAll()  # type: ignore[union-attr]
    hands.type("petani")
    hands.press(KEY.Key_Return)
    assert desk(hands).view.step is CardStep.COMPARE
    assert screen(hands).hasFocus(), "Enter signs; nothing else looks chosen"
    assert not screen(hands).compare.table.selectedIndexes()
    hands.press(KEY.Key_Return)
    second(hands, "bambang")
    assert case(hands.world, app).state is S.CAPTURED
    assert case(hands.world, app).applicant.occupation == "PETANI"
    hands.press(KEY.Key_Return)
    assert isinstance(hands.window.current_screen, WalkInScreen)
    assert hands.app.id == app.id


def test_a_revoked_card_is_not_told_to_be_replaced(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("bambang")
    with hands.desk.ledger.acting(hands.desk.duty.actor()) as w:
        w.change(w.get(Licence, app.licence_id), status=LicenceStatus.REVOKED)
        w.record("licence.revoked", app.licence_id, {"serial": app.blank_serial, "order": "12"})
    hands.window.on_scan(app.blank_serial)
    words = hands.window.words
    sign = screen(hands).record.sign
    assert sign.accessibleName().startswith(words("cards.sign.revoked"))
    here = words("cards.sign.revoked.here", serial=app.blank_serial)
    assert here in sign.accessibleName(), "it was scanned: nobody is asked to scan it"
    assert CardAct.FOUND not in desk(hands).view.acts, "who puts it aside needn't keep it first"
    hands.press(KEY.Key_X)
    assert not sign.accessibleName().startswith(words("cards.sign.aside")), "asked first"
    hands.hit(KEY.Key_Return)
    assert sign.accessibleName().startswith(words("cards.sign.aside"))


def test_a_flagged_licence_is_said_before_that_its_card_is_in_the_hand(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("andi")
    with hands.desk.ledger.acting(hands.desk.duty.actor()) as w:
        w.change(w.get(Licence, app.licence_id), status=LicenceStatus.FLAGGED)
        w.record("licence.flagged", app.licence_id, {"application": app.number})
    hands.window.on_scan(app.blank_serial)
    told = screen(hands).record.sign.accessibleName()
    assert told.startswith(hands.window.words("cards.sign.flagged"))
    found = hands.desk.oversight.trail(TrailQuery(subject=app.number))
    assert "licence.flagged" in {one.act for one in found}
    assert "F9, 5" in told, "F9, 2 has today's acts alone"


def test_a_missing_card_that_is_brought_names_who_records_it_and_where(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("andi")
    words = hands.window.words
    hands.window.on_scan(app.blank_serial)
    record = desk(hands).view.record
    assert record is not None
    desk(hands).show(record=replace(record, missing=True))
    sign = screen(hands).record.sign
    assert sign.accessibleName().startswith(words("cards.sign.missing"))
    told = words("cards.sign.missing.detail", serial=app.blank_serial)
    assert told in sign.accessibleName()
    assert "F7, 1" in told, "a scan at another page of F7 leads back here"
    able = {role for step in BLANK.steps if step.action is BlankAction.FIND for role in step.roles}
    for role in able:
        assert words.of(role).casefold() in told.casefold()


def test_a_card_that_went_to_the_courier_is_not_said_to_be_here(hands: Hands) -> None:
    app = made(hands, out=False)
    with hands.desk.ledger.acting(PROGRAM) as w:
        w.change(case(hands.world, app), state=S.IN_DELIVERY)
        w.record("case.looked_at", app.id, {})
    hands.sign_in("andi")
    hands.window.open_screen("cards", app.id)
    told = screen(hands).record.sign.accessibleName()
    assert told.startswith(hands.window.words("cards.sign.sent"))


def test_a_revoked_card_that_is_found_isn_t_kept_for_its_holder(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("andi")
    hands.window.on_scan(app.blank_serial)
    words, acts = hands.window.words, screen(hands).record.acts
    seen = [text.text() for text in acts.findChildren(Text) if text.isVisible()]
    assert words("cards.about.found") in seen
    with hands.desk.ledger.acting(hands.desk.duty.actor()) as w:
        w.change(w.get(Licence, app.licence_id), status=LicenceStatus.REVOKED)
        w.record("licence.revoked", app.licence_id, {"serial": app.blank_serial, "order": "12"})
    hands.press(KEY.Key_Escape)
    hands.window.on_scan(app.blank_serial)
    seen = [text.text() for text in acts.findChildren(Text) if text.isVisible()]
    assert words("cards.about.found_void") in seen
    assert words("cards.about.found") not in seen


def test_a_long_address_is_told_whole_while_it_is_typed(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("andi")
    hands.window.on_scan(app.blank_serial)
    hands.press(KEY.Key_B)
    form = screen(hands).typing.form
    form.fields["address"].setFocus()
    form.fields["address"].selectAll()  # type: ignore[union-attr]
    long = "JALAN " + "PANJANG SEKALI " * 8 + "NOMOR 12"
    hands.type(long)
    assert [text.text() for text in form.findChildren(Text) if text.text() == long]
    form.fields["address"].selectAll()  # type: ignore[union-attr]
    hands.type("JALAN A")
    assert not [text for text in form.findChildren(Text) if text.text().startswith("JALAN")]


def test_esc_ends_the_wait_for_a_card_before_one_is_open(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.press(KEY.Key_E, CTRL)
    presenter = desk(hands)
    presenter.show(reading=True)
    hands.press(KEY.Key_Escape)
    assert presenter._stop_reading.is_set()


def test_a_double_enter_never_spoils_a_card(hands: Hands) -> None:
    app = made(hands, out=False)
    hands.sign_in("andi")
    hands.window.open_screen("cards", app.id)
    hands.press(KEY.Key_D)
    form = screen(hands).typing.form
    form.fields["occupation"].setFocus()
    form.fields["occupation"].selectAll()  # type: ignore[union-attr]
    hands.type("PETANI")
    screen(hands).guard = StepGuard(lambda: 0.0)  # no time passes between the three
    hands.press(KEY.Key_Return)
    hands.hit(KEY.Key_Return)
    hands.hit(KEY.Key_Return)
    assert desk(hands).view.step is CardStep.COMPARE
    assert case(hands.world, app).state is S.READY
    hands.press(KEY.Key_Escape)
    assert desk(hands).view.step is CardStep.TYPING
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_Return)
    assert case(hands.world, app).state is S.CAPTURED


def test_a_card_in_wrong_hands_goes_all_the_way_round_by_keys(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("andi")
    hands.press(KEY.Key_E, CTRL)
    assert not screen(hands).list.empty.isHidden()
    hands.window.on_scan(app.blank_serial)
    hands.press(KEY.Key_G)
    assert status(hands, app) is LicenceStatus.VALID
    hands.press(KEY.Key_Return)
    assert status(hands, app) is LicenceStatus.FLAGGED
    hands.press(KEY.Key_Escape)
    assert screen(hands).list.table.hasFocus()
    hands.press(KEY.Key_Return)
    assert desk(hands).view.record is not None
    hands.press(KEY.Key_T)
    assert type(desk(hands).view.problem).__name__ == "CardNotInHand"
    hands.window.on_scan(app.blank_serial)
    hands.press(KEY.Key_T)
    second(hands, "bambang")
    assert case(hands.world, app).state is S.READY
    hands.press(KEY.Key_Return)
    assert isinstance(hands.window.current_screen, WalkInScreen)
    hands.window.on_scan(app.blank_serial)
    hands.press(KEY.Key_Return)
    assert case(hands.world, app).state is S.CLOSED
    hands.press(KEY.Key_F12)
    hands.sign_in("bambang")
    hands.window.open_screen("cards", app.id)
    hands.press(KEY.Key_S)
    hands.type("Tertukar di loket, sudah kembali")
    hands.hit(KEY.Key_Return)
    with hands.desk.ledger.reading() as r:
        [incident] = r.find(Incident, kind="wrong_person")
    assert incident.closed_by == PASSWORDS["bambang"][0]


def test_where_only_a_scan_brings_on_the_page_asks_for_it(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("andi")
    hands.window.on_scan(app.blank_serial)
    hands.press(KEY.Key_M)
    hands.hit(KEY.Key_Return)
    words, none = hands.window.words, screen(hands).record.acts.none
    desk(hands).show(roles=frozenset({Role.PRODUCTION}))
    assert none.isVisible()
    assert none.text() == words("cards.no_acts.unscanned"), "then it may be given back"
    desk(hands).show(roles=frozenset({Role.AUDITOR}))
    assert none.text() == words("cards.no_acts")
    desk(hands).show(gives_back=True)
    assert none.text() == words("cards.no_acts.over"), "F12 only gives the counter back"


def test_after_a_take_over_the_page_knows_what_f12_does(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("andi")
    hands.window.open_screen("cards", app.id)
    assert not desk(hands).view.gives_back
    hands.desk.duty.take_over(*PASSWORDS["bambang"])
    assert desk(hands).view.gives_back
    hands.desk.duty.give_back()
    assert not desk(hands).view.gives_back


def test_what_another_duty_may_do_is_named(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("nyoman")
    hands.window.open_screen("cards", app.id)
    words, page = hands.window.words, screen(hands).record.acts
    assert CardAct.GIVEN in desk(hands).view.acts
    correct = words("cards.act.correct_handed")
    assert page.others.isVisible()
    assert page.others.text() == words("cards.no_acts.others", acts=correct)
    hands.press(KEY.Key_G)
    hands.press(KEY.Key_Return)
    assert CardAct.LETTER in desk(hands).view.acts
    take_back, done = words("cards.act.take_back"), words("cards.act.exchanged")
    assert page.others.text() == words("cards.no_acts.others", acts=f"{take_back}, {done}")
    desk(hands).show(roles=frozenset({Role.SUPERVISOR, Role.REGISTRATION}))
    assert not page.others.isVisible()


def test_a_case_at_the_counter_is_gone_on_with_by_who_serves_there(hands: Hands) -> None:
    """Whoever else asks for it is told who may: Enter never does nothing without a word."""
    app = made(hands, out=False)
    hands.sign_in("bambang")
    words = hands.window.words
    hands.counter.open_hit(f"case:{app.id}")
    told = hands.window.toast.text.text()
    assert words("run.not_offered", screen=words("screen.walk_in"), remedy="") in told
    assert "Andi" in told
    hands.window.open_screen("cards", app.id)
    page = screen(hands).record.acts
    assert CardAct.GO_ON not in desk(hands).view.acts
    assert words("cards.act.go_on") in page.others.text()


def test_a_case_that_waits_for_approval_is_opened_where_it_is_judged(hands: Hands) -> None:
    hands.world.sign_in("andi")
    world, person = hands.world, hands.world.people[1]
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    hands.desk.intake.confirm_data(world.by, app.id)
    hands.desk.duty.sign_out()
    hands.sign_in("sri")
    hands.window.open_screen("queue")
    hands.counter.open_hit(f"case:{app.id}")
    assert hands.window.current_key == "supervisor"


def test_two_swapped_cards_are_typed_one_after_the_other(hands: Hands) -> None:
    one, other = made(hands, 1), made(hands, 2)
    hands.sign_in("andi")
    hands.window.on_scan(one.blank_serial)
    hands.press(KEY.Key_G)
    for app in (one, other):  # the field has the focus still when it is opened again
        hands.press(KEY.Key_Slash)
        assert screen(hands).box.hasFocus()
        hands.type(app.blank_serial)
        hands.hit(KEY.Key_Return)
        assert desk(hands).view.step is CardStep.GIVEN, "Enter told the code, and marked nothing"
    found = desk(hands).view.other
    assert found is not None
    assert found.serial == other.blank_serial


def test_a_found_card_is_kept_once_it_was_said_whose_it_is(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("andi")
    hands.window.on_scan(app.blank_serial)
    hands.press(KEY.Key_M)
    assert CardAct.FOUND in desk(hands).view.acts, "nothing at one key"
    [sheet] = [one for one in screen(hands).findChildren(YesDialog) if one.isVisible()]
    told = " ".join(label.text() for label in sheet.findChildren(QLabel))
    assert app.applicant.name in told
    assert app.blank_serial in told
    hands.hit(KEY.Key_Return)
    assert CardAct.FOUND not in desk(hands).view.acts
    sign = screen(hands).record.sign
    assert screen(hands).words("cards.sign.kept") in sign.accessibleName(), "where it is, is said"
    hands.window.on_scan(app.blank_serial)
    hands.press(KEY.Key_H)
    hands.hit(KEY.Key_Return)
    record = desk(hands).view.record
    assert record is not None
    assert record.found is None, "its holder fetched it"
    hands.window.on_scan(app.blank_serial)
    hands.press(KEY.Key_M)
    hands.hit(KEY.Key_Return)
    hands.press(KEY.Key_Escape)
    assert len(desk(hands).view.lines) == 1


def test_the_card_is_reached_from_the_persons_record(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("andi")
    hands.counter.open_hit(f"person:{app.person_id}")
    QApplication.processEvents()
    hands.hit(KEY.Key_K)
    assert desk(hands).view.record is not None
    assert desk(hands).view.record.serial == app.blank_serial
    assert not desk(hands).view.in_hand


def test_a_code_is_typed_and_an_unknown_one_says_what_to_do(hands: Hands) -> None:
    app = made(hands)
    hands.sign_in("andi")
    hands.press(KEY.Key_E, CTRL)
    hands.press(KEY.Key_Slash)
    hands.type("CT00000000")
    hands.hit(KEY.Key_Return)
    assert screen(hands).banner.remedy.text()
    assert screen(hands).box.selectedText() == "CT00000000", "what is typed now takes its place"
    hands.type(app.number)
    hands.hit(KEY.Key_Return)
    assert desk(hands).view.record is not None


def test_a_code_with_a_slip_gives_way_to_the_card_on_show_and_to_another(hands: Hands) -> None:
    app, other = made(hands), made(hands, 2)
    hands.sign_in("andi")
    hands.window.on_scan(app.blank_serial)

    def slip() -> None:
        hands.press(KEY.Key_Slash)
        hands.type("CT00000000")
        hands.hit(KEY.Key_Return)
        assert screen(hands).box.typing

    slip()
    hands.window.on_scan(app.blank_serial)
    assert not screen(hands).box.typing
    slip()
    hands.window.open_screen("cards", other.id)  # as by Ctrl+K
    assert not screen(hands).box.typing
    hands.press(KEY.Key_Escape)
    for card in (app, other):
        hands.window.on_scan(card.blank_serial)
        hands.press(KEY.Key_M)
        hands.hit(KEY.Key_Return)
        hands.press(KEY.Key_Escape)
        slip()  # with one card in the list, then with two
        hands.hit(KEY.Key_Up)
        hands.press(KEY.Key_Return)
        assert desk(hands).view.record is not None
        hands.press(KEY.Key_Escape)
    assert len(desk(hands).view.lines) == 2


def test_a_licence_that_no_longer_counts_is_kept_for_nobody(hands: Hands) -> None:
    """Its blank isn't of this office: nobody here puts it aside, and nobody gets it back."""
    app = made(hands)
    hands.sign_in("andi")
    with hands.desk.ledger.acting(hands.desk.duty.actor()) as w:
        w.change(w.get(Licence, app.licence_id), status=LicenceStatus.REVOKED,
                 blank_serial="CT77000001", application_id="")  # fmt: skip
        w.record("licence.revoked", app.licence_id, {"serial": "CT77000001", "order": "12"})
    hands.window.on_scan("CT77000001")
    record = desk(hands).view.record
    assert record is not None
    assert not record.replaced
    words, name = hands.window.words, record.holder.name
    about = [text.text() for text in screen(hands).record.acts.findChildren(Text)]
    assert words("cards.about.found_stays") in about
    hands.press(KEY.Key_M)
    [sheet] = [one for one in screen(hands).findChildren(YesDialog) if one.isVisible()]
    told = [label.text() for label in sheet.findChildren(QLabel)]
    assert words("cards.found_stays.ask", name=name, serial="CT77000001") in told


def test_a_list_in_which_nothing_lies_offers_no_way_back(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.press(KEY.Key_E, CTRL)
    leave = screen(hands).modes.action("Escape")
    assert not leave.isEnabled(), "there is nothing to leave"
    hands.press(KEY.Key_Slash)
    hands.type("CT00000000")
    hands.hit(KEY.Key_Return)
    hands.hit(KEY.Key_Escape)  # out of the field
    assert leave.isEnabled(), "what was said may be put away"
    hands.press(KEY.Key_Escape)
    assert not screen(hands).banner.isVisible()
