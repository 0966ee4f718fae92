"""What went wrong, in words: the world's problems with their remedy, our own with a code.

A Problem, DeviceFault or StoreProblem has words of its own. Anything else is the program's fault:
the officer sees a support code, the profile's log (desktop/log_file.py) gets that code and the
places that were passed, and neither gets the exception's text, which might hold a person.
"""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from db.errors import StoreProblem
from desktop.domain.errors import Problem
from desktop.log_file import places
from desktop.words import ProblemText, Words
from devices.errors import DeviceFault
from ui.popup import Popup
from ui.theme import theme
from ui.widgets.banner import Banner, Tone
from ui.widgets.buttons import KeyButton, portable
from ui.widgets.labels import Text
from ui.widgets.nesting import nest

KNOWN = (Problem, DeviceFault, StoreProblem)
log = logging.getLogger(__name__)


def problem_text(words: Words, error: BaseException) -> ProblemText:
    """Words for a problem of the world; for anything else, the support code."""
    if isinstance(error, KNOWN):
        return words.problem(error)
    code = support_code(error)
    return ProblemText(words("ui.crash", code=code), words("ui.crash.remedy", code=code))


def support_code(error: BaseException) -> str:
    """Eight letters that are the same for the same fault at the same place."""
    names = [type(error).__name__, *places(error.__traceback__)[-4:]]
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:8].upper()
    return f"{digest[:4]}-{digest[4:]}"


class CrashDialog(Popup):
    """Says that the program erred, that the work is kept, and which code to tell the support."""

    stays = True

    def __init__(self, words: Words, code: str, host: QWidget) -> None:
        super().__init__(host, width=520)
        look = theme()
        self.setWindowTitle(words("ui.crash.title"))
        self.sheet.addWidget(Text(words("ui.crash.title"), "title", self))
        banner = Banner(Tone.ERROR, words("ui.crash.kept"), words("ui.crash.tell"), self)
        self.sheet.addWidget(banner)
        self.code = Text(code, "display", self, code=True)
        self.sheet.addWidget(self.code)
        self.sheet.addStretch(1)
        copy = KeyButton(words("ui.crash.copy"), "Ctrl+C", icon="clipboard-list", parent=self)
        copy.clicked.connect(lambda: QApplication.clipboard().setText(code))
        QShortcut(portable("Ctrl+C"), self).activated.connect(copy.click)
        close = KeyButton(words("common.close"), "Esc", kind="primary", parent=self)
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(look.px(8))
        buttons.addWidget(copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        nest(self.sheet, buttons)
        close.setFocus()  # the first button that Tab reaches would be the other one


class ProblemDialog(Popup):
    """A problem that no screen has answered."""

    stays = True

    def __init__(self, words: Words, text: ProblemText, host: QWidget) -> None:
        super().__init__(host, width=520)
        self.setWindowTitle(words("ui.problem.title"))
        whole = QVBoxLayout()
        whole.addWidget(Text(words("ui.problem.title"), "title", self))
        whole.addWidget(Banner(Tone.ERROR, text.text, text.remedy, self))
        nest(self.sheet, whole)
        self.sheet.addStretch(1)
        close = KeyButton(words("common.close"), "Esc", kind="primary", parent=self)
        close.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(close)
        nest(self.sheet, line)


class CrashHandler:
    """Takes what nobody caught, in any thread.

    `post` brings the dialog into the window's thread (Bridge.post); `host` gives the window to
    show it over, None while there is none.
    """

    def __init__(
        self,
        words: Words,
        post: Callable[[Callable[[], object]], None],
        host: Callable[[], QWidget | None],
    ) -> None:
        self._words = words
        self._post = post
        self._host = host
        self._open = False

    def install(self) -> None:
        """Become the process's last resort."""
        sys.excepthook = self._hook
        threading.excepthook = lambda args: self._hook(
            args.exc_type, args.exc_value, args.exc_traceback
        )

    def take(self, error: BaseException) -> str:
        """Log it, show it, and give its support code."""
        code = support_code(error)
        if isinstance(error, KNOWN):
            log.warning("unanswered problem %s", type(error).__name__)
        else:
            way = " < ".join(reversed(places(error.__traceback__)))
            log.error("crash %s %s at %s", code, type(error).__name__, way)
        self._post(lambda: self._show(error, code))
        return code

    def _hook(
        self,
        kind: type[BaseException],
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, (KeyboardInterrupt, SystemExit)):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        self.take(error if error is not None else kind())

    def _show(self, error: BaseException, code: str) -> None:
        host = self._host()
        if host is None or self._open:
            return
        dialog = (
            ProblemDialog(self._words, problem_text(self._words, error), host)
            if isinstance(error, KNOWN)
            else CrashDialog(self._words, code, host)
        )
        self._open = True
        dialog.finished.connect(self._closed)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _closed(self, _result: int) -> None:
        self._open = False
