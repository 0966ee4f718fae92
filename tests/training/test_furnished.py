"""The training counter's printer remembers its counts while the program is off."""

from __future__ import annotations

from pathlib import Path

from desktop.desk import open_desk
from desktop.training.furnished import COUNTS_FILE, IN_FEEDER, keep_counts


def test_the_printer_counts_on_after_the_program_was_closed(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    desk = open_desk(folder)
    assert desk.bench is not None
    truth = desk.bench.printer.truth
    truth.cards, truth.panels, truth.ribbon = 7, 42, truth.ribbon - 7
    ribbon = truth.ribbon
    keep_counts(desk)
    desk.close()

    again = open_desk(folder)
    assert again.bench is not None
    truth = again.bench.printer.truth
    assert (truth.cards, truth.panels, truth.ribbon) == (7, 42, ribbon)
    assert len(truth.feeder) == IN_FEEDER
    again.close()


def test_counts_that_cannot_be_read_begin_anew(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    open_desk(folder).close()
    (folder / COUNTS_FILE).write_text('{"cards": "many"', encoding="utf-8")
    desk = open_desk(folder)
    assert desk.bench is not None
    assert desk.bench.printer.truth.cards == 0
    desk.close()
