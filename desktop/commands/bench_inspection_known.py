"""The defects that the inspection's author drew up, as the measurement needs them."""

from __future__ import annotations

from devices.simulators.card_degradations.catalog import Plastic
from devices.simulators.card_degradations.mixups import Order

KNOWN_NAMES: tuple[str, ...] = ()


def laid_wrongly(name: str, order: Order, severity: float, seed: int) -> Plastic:
    """The card of an order with one of these defects."""
    raise KeyError(name)
