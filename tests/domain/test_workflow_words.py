"""No state, act or gate without its words, and none without a way on, in both languages."""

from __future__ import annotations

from enum import StrEnum

import pytest

from desktop.domain.application import ApplicationState
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Role, RoleMissing
from desktop.domain.shipment import ParcelAction, ParcelState, ReturnAction, ReturnState
from desktop.domain.stock import BlankAction, BlankState
from desktop.domain.workflow import Action, Gate, GatesMissing, NoSuchStep
from desktop.words import LANGUAGES, Words

STATES: tuple[type[StrEnum], ...] = (ApplicationState, BlankState, ParcelState, ReturnState)
ACTIONS: tuple[type[StrEnum], ...] = (Action, BlankAction, ParcelAction, ReturnAction)
SPOKEN = [member for kind in (*STATES, *ACTIONS, Gate, Role) for member in kind]


@pytest.fixture(scope="module", params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    return Words.load(request.param)


def test_every_state_act_gate_and_role_has_a_word(words: Words) -> None:
    silent = [
        f"{type(member).__name__}.{member.name}"
        for member in SPOKEN
        if f"enum.{type(member).__name__}.{member.name}" not in words
        or words.of(member).strip() in {"", member.name, member.value}
    ]
    assert silent == []


def test_no_two_states_of_a_table_share_a_word(words: Words) -> None:
    for kind in (*STATES, Gate, Role):
        said = [words.of(member) for member in kind]
        assert sorted(said) == sorted(set(said)), kind.__name__


def test_every_state_says_what_has_happened_and_what_comes_next(words: Words) -> None:
    for kind in STATES:
        for state in kind:
            why = words(f"why.{kind.__name__}.{state.name}")
            assert why.endswith("."), (kind.__name__, state.name)
            assert 20 <= len(why) <= 160, (kind.__name__, state.name, len(why))


def test_every_missing_gate_says_what_to_do(words: Words) -> None:
    for gate in Gate:
        said = words(f"gate.{gate.name}.missing")
        assert said.endswith("."), gate.name
        assert 20 <= len(said) <= 160, (gate.name, len(said))


def test_a_refusal_reads_as_a_sentence(words: Words) -> None:
    for problem in (
        NoSuchStep(S.DRAFT, Action.PRINT),
        GatesMissing(Action.APPROVE, (Gate.PAYMENT, Gate.PHOTO)),
        RoleMissing((Role.APPROVER, Role.SUPERVISOR)),
    ):
        told = words.problem(problem)
        assert told.text.endswith(".")
        assert told.remedy.endswith(".")
        assert "_" not in told.text + told.remedy
        assert "{" not in told.text + told.remedy
