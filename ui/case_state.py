"""How a case stands, in words: as its state, but a fee that nobody paid isn't called paid."""

from __future__ import annotations

from desktop.domain.application import Application, ApplicationState
from desktop.words import Words


def case_state(words: Words, case: Application) -> str:
    """The state's word; where a decree waived the fee, that instead of its payment."""
    waived = case.state is ApplicationState.PAID and case.waived
    return words("walkin.fee_waived") if waived else words.of(case.state)
