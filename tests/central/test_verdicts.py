"""Python's walker and the centre's SQL judge alike: each state, action, service, channel and role.

The centre has no table of its own: it reads the rows that `desktop.services.centre_rules` makes of
the program's. What is compared here is the walking itself.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest

from desktop.domain.officer import Role
from desktop.domain.service import Channel, Service
from desktop.domain.walker import Facts, Gate, Table
from desktop.domain.workflow import APPLICATION, TABLES
from tests.central.rigs.centre import CentreRig

pytestmark = pytest.mark.central

ME, OTHER = "officer", "another"
ALL_GATES = frozenset(Gate)
WHO = (
    Facts(roles=frozenset(), officer=ME),
    Facts(roles=frozenset(), officer=ME, maker=ME),
    Facts(roles=frozenset(), officer=ME, makers=frozenset({ME})),
    Facts(roles=frozenset(), officer=ME, second_officer=OTHER),
    Facts(roles=frozenset(), officer=ME, second_officer=ME),
)


def roads(table: Table[Any, Any]) -> Iterator[tuple[Service, Channel]]:
    """Services and channels matter to applications only."""
    if table is APPLICATION:  # type: ignore[comparison-overlap]
        yield from itertools.product(Service, Channel)
    else:
        yield Service.RENEWAL, Channel.WALK_IN


def questions(table: Table[Any, Any]) -> Iterator[tuple[Any, Any, Facts]]:
    """Every state, action and role; roads and special officers where the table knows the pair."""
    states = sorted({s.state for s in table.steps} | {s.next for s in table.steps if s.next})
    actions = sorted({s.action for s in table.steps})
    for state, action in itertools.product(states, actions):
        named = [s for s in table.steps if s.state == state and s.action == action]
        entitled = frozenset[Role]().union(*(s.roles for s in named))
        for service, channel in roads(table) if named else [(Service.RENEWAL, Channel.WALK_IN)]:
            for role, who in itertools.product(Role, WHO):
                if who is WHO[0] or role in entitled:
                    yield state, action, Facts(
                        roles=frozenset({role}), officer=who.officer, maker=who.maker,
                        makers=who.makers, gates=ALL_GATES, service=service, channel=channel,
                        held_from=states[0], second_officer=who.second_officer,
                    )  # fmt: skip


def allowed_to(table: Table[Any, Any], state: StrEnum, action: StrEnum, facts: Facts) -> str | None:
    """Where Python's walker leads, or None where it refuses."""
    from desktop.domain.errors import Problem

    try:
        return str(table.walk(state, action, facts)[0])
    except Problem:
        return None


ASK = """
SELECT q.i FROM jsonb_to_recordset(%s::jsonb) AS q(i int, w text, s text, n text, a text,
    facts jsonb, roles text[], officer text, approvers text[])
WHERE centre.step_allowed(q.w, q.s, q.n, q.a, q.facts, q.roles, q.officer, q.approvers, 'me')
"""


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_both_walkers_say_the_same(centre: CentreRig, table: Table[Any, Any]) -> None:
    """For each question SQL is asked about every state that anybody could mean to reach."""
    targets = sorted({str(s.next) for s in table.steps if s.next} | {str(table.start)})
    expected: dict[tuple[Any, ...], set[str]] = {}
    asked: dict[tuple[Any, ...], list[str]] = {}
    for state, action, facts in questions(table):
        key = (
            str(state), str(action), str(facts.service), str(facts.channel),
            str(next(iter(facts.roles))), facts.maker, tuple(sorted(facts.makers)),
            facts.second_officer, str(facts.held_from),
        )  # fmt: skip
        reached = allowed_to(table, state, action, facts)
        expected[key] = set() if reached is None else {reached}
        # All targets for the plain officer; for the special ones those of the table's own rows.
        plain = not facts.maker and not facts.makers and not facts.second_officer
        rows = {str(s.next or facts.held_from) for s in table.steps
                if s.state == state and s.action == action}  # fmt: skip
        near = {targets[hash(key) % len(targets)]} if plain else set()
        asked[key] = sorted(rows | near | expected[key])
    _compare(centre, table.name, expected, asked)


def _compare(
    centre: CentreRig,
    name: str,
    expected: dict[tuple[Any, ...], set[str]],
    asked: dict[tuple[Any, ...], list[str]],
) -> None:
    questions_sent = [(key, target) for key, targets in asked.items() for target in targets]
    wrong: list[tuple[Any, ...]] = []
    with centre.admin() as admin:
        for start in range(0, len(questions_sent), 20_000):
            some = questions_sent[start : start + 20_000]
            rows = [_question(i, name, key, target) for i, (key, target) in enumerate(some)]
            found = admin.execute(ASK, [json.dumps(rows)]).fetchall()
            yes = {row[0] for row in found}
            wrong += [
                (key, target, i in yes)
                for i, (key, target) in enumerate(some)
                if (i in yes) is not (target in expected[key])
            ]
    assert wrong == []
    assert any(expected.values())
    assert not all(expected.values())


def _question(i: int, name: str, key: tuple[Any, ...], target: str) -> dict[str, Any]:
    state, action, service, channel, role, maker, makers, second, held_from = key
    return {
        "i": i, "w": name, "s": state, "n": target, "a": action, "roles": [role], "officer": ME,
        "approvers": [second] if second else [],
        "facts": {
            "service": service, "channel": channel, "maker": maker, "makers": list(makers),
            "held_from": held_from,
        },
    }  # fmt: skip


def test_every_kind_that_is_told_is_known_to_the_centre(centre: CentreRig) -> None:
    from desktop.ledger_rows import TOLD

    assert {row[0] for row in centre.ask("SELECT kind FROM centre.kinds")} == TOLD


def test_the_whole_table_was_loaded(centre: CentreRig) -> None:
    counts = dict(
        centre.ask("SELECT table_name, count(*) FROM centre.workflow_steps GROUP BY table_name")
    )
    assert counts == {table.name: len(table.steps) for table in TABLES}
