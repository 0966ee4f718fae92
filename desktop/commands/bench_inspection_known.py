"""The defects that the inspection's author drew up, as the measurement needs them.

They change the ordered faces; what a good printer adds to any print comes on top, as with all
other cards. At their severity 0 nothing is wrong, so that theirs begins at a tenth here.
"""

from __future__ import annotations

import numpy as np

from devices.simulators.card_degradations.catalog import Plastic, made
from devices.simulators.card_degradations.mixups import Faces, Order
from devices.simulators.print_faults import PrintFault, spoiled

KNOWN_NAMES: tuple[str, ...] = tuple(fault.value for fault in PrintFault)
LEAST = 0.1


def laid_wrongly(name: str, order: Order, severity: float, seed: int) -> Plastic:
    """The card of an order with one of these defects."""
    rng = np.random.default_rng((seed, 4))
    other = order.others[int(rng.integers(len(order.others)))]
    front, back = spoiled(
        (order.faces.front, order.faces.back),
        PrintFault(name),
        LEAST + (1 - LEAST) * severity,
        seed,
        (other.front, other.back),
    )
    return made(Order(Faces(front, back), order.others, order.places, order.variants), seed)
