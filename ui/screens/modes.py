"""Acts by mode: a screen that does several jobs gives each key one meaning at a time.

A key is one action for the whole life of the screen, so that two jobs never fight for it; which
words it bears and what it does follows from the mode. Each mode has its own row of buttons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.icons import icon
from ui.screens.screen import ENTER, Screen
from ui.theme import theme


@dataclass(frozen=True, slots=True)
class Act:
    """One key in one mode. `right` puts its button at the right; `button` False keeps it off."""

    message: str
    key: str
    work: Callable[[], object]
    icon: str = ""
    kind: str = "plain"
    right: bool = False
    button: bool = True


def dismiss(read: Callable[[], object]) -> Act:
    """Esc where it has nothing else to leave: the officer has read what was refused."""
    return Act("common.dismiss", "Esc", read, button=False)


class Modes:
    """The modes of one screen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._actions: dict[str, QAction] = {}
        self._modes: dict[str, dict[str, Act]] = {}
        self._rows: dict[str, tuple[QWidget, QWidget]] = {}
        self._texts: dict[str, str] = {}
        self._off: set[str] = set()
        self._faded: set[str] = set()
        self._echoed: set[str] = set()
        self.current = ""

    def add(self, name: str, *acts: Act) -> None:
        """Declare a mode with its acts, in the order of their buttons."""
        self._modes[name] = {act.key: act for act in acts}
        left, right = QWidget(self._screen), QWidget(self._screen)
        for box in (left, right):
            row = QHBoxLayout(box)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(theme().px(8))
            box.hide()
        for act in acts:
            action = self._actions.get(act.key)
            if action is None:
                action = self._actions[act.key] = self._screen.act(
                    act.message, act.key, lambda key=act.key: self._run(key),
                    primary=act.key == ENTER,
                )  # fmt: skip
                self._wear(action, None)
            if act.button:
                button = self._screen.button(action, act.kind)
                box = right if act.right else left
                layout = box.layout()
                assert layout is not None
                layout.addWidget(button)
        self._screen.foot.add_left(left)
        self._screen.foot.add_right(right)
        self._rows[name] = (left, right)

    def use(self, name: str) -> None:
        """Switch to a mode."""
        if name == self.current:
            return
        for row in self._rows.get(self.current, ()):
            row.hide()
        self.current = name
        self._dress()
        for row in self._rows[name]:
            row.show()
        self._screen.set_step(name)

    def tell(self, **texts: str) -> None:
        """Words for keys by their message id's last part, as where they hold a count."""
        found = {f"{key}": text for key, text in texts.items()}
        if any(self._texts.get(key) != text for key, text in found.items()):
            self._texts.update(found)
            self._dress()

    def allow(self, message: str, on: bool) -> None:
        """Show or hide one act of a mode, as where it has nothing to do."""
        if (message in self._off) == on:
            self._off ^= {message}
            self._dress()

    def fade(self, message: str, on: bool) -> None:
        """Draw an act as having nothing to work on yet; its key still says what is missing."""
        if (message in self._faded) != on:
            self._faded ^= {message}
            self._dress()

    def echo(self, message: str, on: bool) -> None:
        """Leave out the button of an act that another button does too; its key works on."""
        if (message in self._echoed) != on:
            self._echoed ^= {message}
            self._dress()

    def action(self, key: str) -> QAction:
        """The action behind a key."""
        return self._actions[key]

    def _dress(self) -> None:
        acts = self._modes.get(self.current, {})
        for key, action in self._actions.items():
            act = acts.get(key)
            self._wear(action, None if act is None or act.message in self._off else act)

    def _wear(self, action: QAction, act: Act | None) -> None:
        if act is not None:
            action.setObjectName(act.message)
            action.setProperty("iconName", act.icon)
            action.setProperty("faded", act.message in self._faded)
            action.setProperty("echoed", act.message in self._echoed)
            if act.icon:
                action.setIcon(icon(act.icon))
            action.setText(self._told(act) or self._screen.words(act.message))
        action.setEnabled(act is not None)
        action.setVisible(act is not None)

    def _told(self, act: Act) -> str:
        """What `tell` gave the act; an area may bear the same name and keeps its own."""
        head, _, short = act.message.rpartition(".")
        return "" if head.endswith(".area") else self._texts.get(short, "")

    def _run(self, key: str) -> None:
        act = self._modes.get(self.current, {}).get(key)
        if act is not None and act.message not in self._off:
            act.work()
