"""The screens of the window, in the order of the navigation.

Each factory imports its screen when it is first opened, so that the sign-in stands quickly. How to
add one is told in `catalog.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from desktop.domain.officer import SERVING, Role
from desktop.domain.realm import Realm
from desktop.services.desk import Desk
from ui.screens.catalog import ScreenEntry
from ui.screens.screen import Screen
from ui.shell import Shell

if TYPE_CHECKING:
    from desktop.presenters.walkin import WalkIn

LANDING: tuple[tuple[Role, str], ...] = (
    (Role.REGISTRATION, "queue"),
    (Role.IDENTIFICATION, "queue"),
    (Role.APPROVER, "supervisor"),
    (Role.SUPERVISOR, "supervisor"),
    (Role.AUDITOR, "supervisor"),
    (Role.STOCK_KEEPER, "stock"),
    (Role.DISPATCH, "online"),
    (Role.ADMINISTRATOR, "devices"),
)
"""Where an officer's day begins; whoever has none of these begins at the queue."""


def landing(roles: frozenset[Role]) -> str:
    """The screen that an officer with these roles sees first."""
    return next((key for role, key in LANDING if role in roles), "queue")


CARD_ROLES = (Role.REGISTRATION, Role.PRODUCTION, Role.DISPATCH, Role.SUPERVISOR)
"""Who may do anything at the card desk."""


def _values(*roles: Role) -> frozenset[str]:
    return frozenset(str(role) for role in roles)


def screen_entries(
    desk: Desk, walk_in: Callable[[], WalkIn], open_stage: Callable[[], object] | None
) -> list[ScreenEntry]:
    """Every screen of this desk. `open_stage` exists in training alone."""

    def queue(shell: Shell) -> Screen:
        from desktop.presenters.queue import WorkQueue
        from ui.screens.queue import QueueScreen

        return QueueScreen(shell, WorkQueue(desk))

    def walkin(shell: Shell) -> Screen:
        from desktop.presenters.second import second_officers
        from ui.screens.walkin import WalkInScreen

        return WalkInScreen(
            shell,
            walk_in(),
            officers=lambda: second_officers(desk, Role.SUPERVISOR, Role.APPROVER),
            now=desk.clock.now,
            open_stage=open_stage,
        )

    def online(shell: Shell) -> Screen:
        from desktop.presenters.online import Online
        from ui.screens.online import OnlineScreen

        return OnlineScreen(shell, Online(desk))

    def sync(shell: Shell) -> Screen:
        from desktop.presenters.sync import SyncDesk
        from ui.screens.sync import SyncScreen

        return SyncScreen(shell, SyncDesk(desk))

    def returns(shell: Shell) -> Screen:
        from desktop.presenters.returns import Returns
        from ui.screens.returns import ReturnsScreen

        return ReturnsScreen(shell, Returns(desk))

    def cards(shell: Shell) -> Screen:
        from desktop.presenters.cards import CardDesk
        from desktop.presenters.second import second_officers
        from ui.screens.cards import CardsScreen

        officers = partial(second_officers, desk, Role.SUPERVISOR, Role.APPROVER)
        return CardsScreen(shell, CardDesk(desk), officers)

    def stock(shell: Shell) -> Screen:
        from desktop.presenters.stock import StockDesk
        from ui.screens.stock import StockScreen

        return StockScreen(shell, StockDesk(desk))

    def devices(shell: Shell) -> Screen:
        from desktop.presenters.devices import Devices
        from desktop.presenters.simulator import Simulator
        from ui.screens.devices import DevicesScreen

        training = desk.realm is Realm.TRAINING and desk.bench is not None
        return DevicesScreen(shell, Devices(desk), Simulator(desk) if training else None)

    def supervisor(shell: Shell) -> Screen:
        from desktop.presenters.supervisor import Supervisor
        from ui.screens.supervisor import SupervisorScreen

        return SupervisorScreen(shell, Supervisor(desk))

    return [
        ScreenEntry("queue", "users", "F2", queue),
        ScreenEntry("walk_in", "user-plus", "F3", walkin, _values(*SERVING)),
        ScreenEntry("online", "globe", "F4", online),
        ScreenEntry("sync", "cloud", "F5", sync),
        ScreenEntry("returns", "undo-2", "F6", returns),
        ScreenEntry("cards", "id-card", "Ctrl+E", cards, _values(*CARD_ROLES)),
        ScreenEntry("stock", "boxes", "F7", stock),
        ScreenEntry("devices", "printer", "F8", devices),
        ScreenEntry("supervisor", "shield-check", "F9", supervisor),
    ]
