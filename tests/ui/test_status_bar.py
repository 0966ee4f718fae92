"""The lower edge names what is broken, and never cuts a word off."""

from __future__ import annotations

import re

import pytest
from pytestqt.qtbot import QtBot

from ui.status_bar import StatusBar
from ui.widgets.state import Level, StateBadge, StateItem

NAMES = ("Printer", "Cip", "Pembaca", "KTP-el", "Kamera", "Bantalan", "Pemindai", "Dokumen",
         "Pemeriksa")  # fmt: skip
SYNC = StateItem(Level.OFF, "Pusat: belum tersambung")


def bar(qtbot: QtBot, broken: int, width: int, sync: StateItem = SYNC) -> StatusBar:
    made = StatusBar("perangkat")
    qtbot.addWidget(made)
    made.resize(width, made.height())
    made.show()
    made.show_sync(sync)
    made.show_clock("2 Mar 2026  07.35")
    made.show_devices(
        [
            StateItem(Level.BAD, f"{name}: kabel tercabut", key=name)
            if at < broken
            else StateItem(Level.GOOD, f"{name}: siap", f"{name}: siap", name)
            for at, name in enumerate(NAMES)
        ]
    )
    layout = made.layout()
    assert layout is not None
    layout.activate()
    assert len(shown(made)) + folded(made) == len(NAMES)
    return made


def shown(made: StatusBar) -> list[StateBadge]:
    found = [badge for badge in made.findChildren(StateBadge) if badge.item.key]
    return [badge for badge in found if badge.isVisible()]


def folded(made: StatusBar) -> int:
    """How many are told together, as so many that are well."""
    found = re.match(r"\+(\d+) siap$", made.rest.item.text) if made.rest.isVisible() else None
    return int(found[1]) if found else 0


@pytest.mark.parametrize("broken", range(len(NAMES) + 1))
@pytest.mark.parametrize("width", [1142, 1696])
def test_no_word_is_cut_off(qtbot: QtBot, broken: int, width: int) -> None:
    made = bar(qtbot, broken, width)
    for badge in shown(made):
        assert badge.width() >= badge.sizeHint().width(), badge.item.text
        if badge.item.level is Level.BAD:
            assert badge.item.text.startswith(badge.item.key), "a broken one is named"


def test_what_is_well_gives_its_name_for_the_words_of_what_isn_t(qtbot: QtBot) -> None:
    wide, narrow = (bar(qtbot, 4, width) for width in (1678, 1124))
    said = {badge.item.key: badge.item.text for badge in shown(wide)}
    assert said["Printer"] == "Printer: kabel tercabut"
    assert said["Bantalan"] == "Bantalan"
    said = {badge.item.key: badge.item.text for badge in shown(narrow)}
    assert said["Printer"] == "Printer: kabel tercabut"
    assert all(said.values()), "no sign stands without a name"
    gone = [name for name in NAMES if name not in said]
    assert "Bantalan" in gone
    assert narrow.rest.item.text == f"+{len(gone)} siap"
    assert narrow.rest.toolTip().splitlines() == [f"{name}: siap" for name in gone]
    assert not wide.rest.isVisible()


def test_one_that_breaks_while_it_was_folded_is_named_at_once(qtbot: QtBot) -> None:
    made = bar(qtbot, 0, 700)
    assert folded(made)
    made.show_devices([StateItem(Level.BAD, f"{name}: macet", key=name) for name in NAMES[:2]])
    assert not made.rest.isVisible()
    assert [badge.item.text for badge in shown(made)] == ["Printer: macet", "Cip: macet"]


def test_sync_leaves_out_figures_before_names_go_one_by_one(qtbot: QtBot) -> None:
    text = "Luring sejak 14.05 · 12 akan dikirim · 3 perlu keputusan"
    sync = StateItem(Level.ATTEND, text, "tertua 13.50")
    seen: list[tuple[str, int]] = []
    for width in range(1500, 900, -20):
        made = bar(qtbot, 0, width, sync)
        seen.append((made.sync.item.text, folded(made)))
        assert made.sync.item.text == text or made.sync.toolTip().startswith(text)
    assert list(dict.fromkeys(seen))[:5] == [
        (text, 0),
        ("Luring sejak 14.05 · 3 perlu keputusan", 0),
        ("Luring sejak 14.05", 0),
        ("Luring sejak 14.05", 2),
        ("Luring sejak 14.05", 3),
    ]
