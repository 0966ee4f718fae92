"""A device's state as shape and words: the same in the list of devices and at the lower edge."""

from __future__ import annotations

from desktop.device_slot import DeviceStatus
from desktop.words import Words
from devices.device import Health, HealthState
from ui.widgets.state import Level, StateItem

_LEVELS = {
    HealthState.READY: Level.GOOD,
    HealthState.BUSY: Level.BUSY,
    HealthState.ATTENTION: Level.ATTEND,
    HealthState.ERROR: Level.BAD,
    HealthState.OFFLINE: Level.BAD,
    HealthState.UNKNOWN: Level.OFF,
}


def device_name(words: Words, name: str) -> str:
    """The device's full name at this counter; of a second one, its own."""
    return _known(words, "device_name", name)


def health_words(words: Words, health: Health) -> str:
    """The reasons if there are any, worst first, else the state."""
    if health.reasons:
        return ", ".join(words.of(reason) for reason in health.reasons)
    return words.of(health.state)


def level_of(status: DeviceStatus) -> Level:
    """The shape of a device's state; one that works for somebody is busy, unless it is broken."""
    level = _LEVELS[status.health.state]
    return Level.BUSY if status.in_use and level is not Level.BAD else level


def state_item(words: Words, status: DeviceStatus) -> StateItem:
    """A device's state with all its reasons."""
    text = health_words(words, status.health)
    if status.in_use and level_of(status) is Level.BUSY:
        text = words("devices_screen.in_use")
    return StateItem(level_of(status), text, key=status.name)


def large(text: str) -> str:
    """With a capital, where it stands by itself and not within a sentence."""
    return text[:1].upper() + text[1:]


def list_item(words: Words, status: DeviceStatus) -> StateItem:
    """A device's state for one line of the list: the worst of it, and how much more there is."""
    item = state_item(words, status)
    reasons = status.health.reasons
    text = large(item.text)
    if len(reasons) > 1 and item.level is not Level.BUSY:
        text = f"{large(words.of(reasons[0]))} +{len(reasons) - 1}"
    return StateItem(item.level, text, large(item.text), item.key)


def bar_item(words: Words, status: DeviceStatus) -> StateItem:
    """A device's state for the lower edge: a short name, a colon, the worst of it."""
    item = state_item(words, status)
    reasons = status.health.reasons
    text = words.of(reasons[0]) if reasons and item.level is not Level.BUSY else item.text
    short = _known(words, "device_short", status.name)
    detail = f"{device_name(words, status.name)}: {item.text}"
    return StateItem(item.level, f"{short}: {text}", detail, status.name)


def _known(words: Words, table: str, name: str) -> str:
    message_id = f"{table}.{name}"
    return words(message_id) if message_id in words else name
