"""Where a visit stands: eight or nine steps, all seen at once, none ever cut short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.icons import pixmap
from ui.theme import theme

BETWEEN = 3
"""Least room between the words of two steps: at 130 % "Photo & signature" just has its line."""


class StepState(Enum):
    """Done, here, still to come, or stopped here."""

    DONE = "done"
    CURRENT = "current"
    FUTURE = "future"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Step:
    """One step's words and state."""

    text: str
    state: StepState = StepState.FUTURE


def steps_at(texts: Sequence[str], current: int) -> tuple[Step, ...]:
    """Steps before `current` done, those after it to come; len(texts) means all done."""
    return tuple(
        Step(
            text,
            StepState.DONE
            if index < current
            else StepState.CURRENT
            if index == current
            else StepState.FUTURE,
        )
        for index, text in enumerate(texts)
    )


class StepBar(QWidget):
    """Numbered discs joined by a line, each with its words below, wrapped rather than cut."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[Step, ...] = ()
        self._heights: dict[tuple[float, int, tuple[str, ...]], float] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show these steps."""
        if [step.text for step in steps] != [step.text for step in self._steps]:
            self._heights.clear()
        self._steps = tuple(steps)
        said = ", ".join(
            f"{number} {step.text}"
            for number, step in enumerate(self._steps, 1)
            if step.state in (StepState.CURRENT, StepState.STOPPED)
        )
        self.setAccessibleName(said)
        self.setAccessibleDescription(f"{len(self._steps)}")
        self.updateGeometry()
        self.update()

    @property
    def current(self) -> int:
        """The index of the step that is open; -1 when none is."""
        states = (StepState.CURRENT, StepState.STOPPED)
        return next((i for i, step in enumerate(self._steps) if step.state in states), -1)

    @staticmethod
    def _boldest() -> QFont:
        """The open step's: measured for each, so that no step is higher than another."""
        return theme().font(13, QFont.Weight.DemiBold)

    def _face(self, step: Step) -> QFont:
        here = step.state in (StepState.CURRENT, StepState.STOPPED)
        return theme().font(13, QFont.Weight.DemiBold if here else QFont.Weight.Medium)

    def _text_height(self, width: float) -> float:
        """Layouts ask for it many times in a second, for one of two widths."""
        slot = max(width / max(len(self._steps), 1) - theme().px(BETWEEN), 20)
        font = self._boldest()
        asked = (slot, font.pixelSize(), tuple(step.text for step in self._steps))
        if asked not in self._heights:
            metrics, room = QFontMetricsF(font), QRectF(0, 0, slot, 400)
            wrap = int(Qt.TextFlag.TextWordWrap)
            found = [metrics.boundingRect(room, wrap, text).height() for text in asked[2]]
            self._heights[asked] = max(found, default=0.0)
        return self._heights[asked]

    def heightForWidth(self, width: int) -> int:
        return round(theme().px(28 + 6) + self._text_height(width) + theme().px(2))

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(theme().px(900), self.heightForWidth(self.width() or theme().px(900)))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(480), self.heightForWidth(self.width() or theme().px(900)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._steps:
            return
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        slot = self.width() / len(self._steps)
        side = look.px(28)
        middle = side / 2
        for index, step in enumerate(self._steps):
            centre = slot * (index + 0.5)
            if index:
                done = self._steps[index - 1].state is StepState.DONE
                pen = QPen(look.colour("success" if done else "line"), 2)
                painter.setPen(pen)
                reach = side / 2 + look.px(6)
                painter.drawLine(
                    round(centre - slot + reach),
                    round(middle),
                    round(centre - reach),
                    round(middle),
                )
            self._disc(painter, QRectF(centre - side / 2, 0, side, side), step, index + 1)
            painter.setFont(self._face(step))
            inks = {
                StepState.DONE: "success",
                StepState.CURRENT: "accent_text",
                StepState.STOPPED: "danger",
                StepState.FUTURE: "faint",
            }
            painter.setPen(look.colour(inks[step.state]))
            between = look.px(BETWEEN)
            left = slot * index + between / 2
            words = QRectF(left, side + look.px(6), slot - between, 400)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(words, int(flags), step.text)

    def _disc(self, painter: QPainter, box: QRectF, step: Step, number: int) -> None:
        look = theme()
        grounds = {
            StepState.DONE: "success_soft",
            StepState.CURRENT: "accent",
            StepState.STOPPED: "danger_soft",
            StepState.FUTURE: "sunken",
        }
        if step.state is StepState.CURRENT:
            halo = look.colour("accent")
            halo.setAlphaF(0.16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(halo)
            grown = look.px(4)
            painter.drawEllipse(
                box.adjusted(-grown, -grown, grown, grown).intersected(
                    QRectF(box.left() - grown, 0, box.width() + 2 * grown, box.height() + grown)
                )
            )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(grounds[step.state]))
        painter.drawEllipse(box)
        if step.state in (StepState.DONE, StepState.STOPPED):
            done = step.state is StepState.DONE
            side = look.px(16)
            picture = pixmap(
                "check" if done else "x",
                side,
                "success" if done else "danger",
                self.devicePixelRatioF(),
            )
            at = box.center()
            painter.drawPixmap(round(at.x() - side / 2), round(at.y() - side / 2), picture)
            return
        painter.setFont(look.font(13, QFont.Weight.DemiBold))
        ink = "on_accent" if step.state is StepState.CURRENT else "faint"
        painter.setPen(look.colour(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
