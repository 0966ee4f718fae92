"""Which decree waives a fee: asked each time, for whom it is only an officer can see."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from desktop.domain.waiver import Waiver
from desktop.words import Words
from ui.screens.walkin_dialogs import held
from ui.widgets.reasons import Reason, ReasonDialog


def ask_waiver(
    host: QWidget, words: Words, waivers: Sequence[Waiver], then: Callable[[str], object]
) -> ReasonDialog:
    """Which decree waives the fee of whoever is here; with a single one, what it is.

    Where several fit, Enter alone chooses none.
    """

    def line(waiver: Waiver) -> Reason:
        told = f"{group(waiver, words)}"
        if waiver.valid_to is not None:
            told += f" · {words('walkin.waiver.until', day=waiver.valid_to)}"
        return Reason(waiver.decree, waiver.decree, told)

    dialog = ReasonDialog(
        words("walkin.waiver"),
        words("walkin.waiver.ask"),
        [line(waiver) for waiver in waivers],
        note_label=words("ui.reason.note"),
        accept_text=words("ui.reason.accept"),
        cancel_text=words("common.cancel"),
        host=host.window(),
        undecided=len(waivers) > 1,
        pick=words("ui.reason.pick"),
    )
    answered = held(host, then)
    dialog.accepted.connect(lambda: answered(dialog.list.chosen))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def group(waiver: Waiver, words: Words) -> str:
    """The people whom a decree is for, as the officer's language says it."""
    return waiver.group_id if words.language == "id" else waiver.group_en
