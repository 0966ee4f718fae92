"""Random days at six counters: every act once, the feed whole, one licence a person and class."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.central.model.machine import machine_over
from tests.central.model.seeds import play_seed
from tests.central.rigs.postgres import PostgresRig
from tests.central.rigs.proxy import bad_line

pytestmark = [pytest.mark.central, pytest.mark.fault]

QUIET = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)


def play(server: PostgresRig, days: int, steps: int) -> None:
    """So many random days of so many steps."""
    with bad_line(("127.0.0.1", server.port)) as line:
        run_state_machine_as_test(
            machine_over(server, line),
            settings=settings(
                max_examples=days,
                stateful_step_count=steps,
                deadline=None,
                derandomize="LOKET_SEED" not in os.environ,
                database=None,
                suppress_health_check=QUIET,
                phases=(Phase.generate, Phase.shrink),
                print_blob=True,
            ),
        )


def test_whatever_the_lines_do_each_act_lands_once(centre_template: PostgresRig) -> None:
    play(centre_template, days=4, steps=30)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_dense_day_by_its_seed(centre_template: PostgresRig, seed: int) -> None:
    with bad_line(("127.0.0.1", centre_template.port)) as line:
        landed = play_seed(centre_template, line, seed, 80)
    assert landed["applied"] > 100
    assert landed["parked"] > 0


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_many_days(centre_template: PostgresRig) -> None:
    play(centre_template, days=100, steps=60)
