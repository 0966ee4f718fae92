"""The office's particulars, which stand on cards and papers: a live counter needs its own.

The centre brings the name and the zone when a counter joins. City, region, address and phone it
doesn't know: until somebody writes them, they are the sample office's.
"""

from __future__ import annotations

from operator import eq

from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.services.base import Frame
from desktop.settings import Place

_SAMPLE = Place()


class OfficeIsSample(Problem):
    """A live counter has the sample office's name, address or phone still."""


def particulars_problem(frame: Frame) -> OfficeIsSample | None:
    """What is wrong with the office's particulars; these three no office shares with the sample."""
    place = frame.place
    own = (place.office_name, place.address, place.phone)
    sample = (_SAMPLE.office_name, _SAMPLE.address, _SAMPLE.phone)
    if frame.realm is Realm.LIVE and any(map(eq, own, sample)):
        return OfficeIsSample()
    return None


def check_particulars(frame: Frame) -> None:
    """Refuse to make a card, shown or printed, before they are the office's own.

    Raises OfficeIsSample.
    """
    problem = particulars_problem(frame)
    if problem is not None:
        raise problem
