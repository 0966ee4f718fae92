"""The far end of a fingerprint comparer in a replay: it ends each comparison as it ended then.

A recording keeps no verdict, only that there was one; so where the call went well this one says
yes, which is what a trial needs and makes no other difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from devices.simulators.biosdk_server import BioSdkServer, decided, said, wrapped
from devices.simulators.local_service import Answer
from devices.wire.replay import Step
from devices.wire.replay_script import Script

INIT = "/init"
LONGEST_WAIT = 40.0
"""Longer than any comparer is given; ends with the replay."""


class ComparerEnd(BioSdkServer):
    """A Bio SDK service that takes its answers from the script of the sensor beside it."""

    def __init__(self, script: Script, step: Callable[[], Step]) -> None:
        super().__init__()
        self._script = script
        self._step = step

    def answer(self, path: str, body: bytes) -> Answer:
        """As the service answered then."""
        del body
        exchange = self._script.take()
        if exchange is None:
            return None  # more than was asked then: the difference is told
        step = self._step()
        if not exchange.heard:
            if step.ended == "ComparerSlow":
                self.hold(LONGEST_WAIT)
            return None
        if path.endswith(INIT) and self._script.peek() is not None:
            return wrapped({})
        facts: Mapping[str, object] = step.gave if isinstance(step.gave, dict) else {}
        match step.ended:
            case "ComparerGarbled":
                return b"\x00"
            case "ComparerRefused":
                return wrapped("", [{"code": "X" * _length(facts.get("code"))}])
            case "ComparerUndecided":
                return decided("ERROR")
            case "ComparerUnfit":
                return decided("NOT_MATCHED")
            case "PoorFinger":
                return wrapped(said(406, None))
            case _:
                return decided("MATCHED")


def _length(code: object) -> int:
    match code:
        case {"text": int(count)}:
            return count
        case _:
            return 1
