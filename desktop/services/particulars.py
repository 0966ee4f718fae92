"""The office's particulars, which stand on cards and papers: a live counter needs its own.

The centre brings the name and the zone when a counter joins. City, region, area, address and phone
it doesn't know: they are empty until somebody writes them.
"""

from __future__ import annotations

from operator import eq

from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.services.base import Frame
from desktop.settings import Place

_SAMPLE = Place()


class OfficeIsSample(Problem):
    """A live counter lacks its office's particulars, or has some of the sample office still."""


def particulars_problem(frame: Frame) -> OfficeIsSample | None:
    """What is wrong with the office's particulars.

    No office shares its name, address or phone with the sample; its region it may.
    """
    place = frame.place
    own = (place.office_name, place.address, place.phone)
    sample = (_SAMPLE.office_name, _SAMPLE.address, _SAMPLE.phone)
    whole = all((*own, place.city, place.polda, place.area))
    if frame.realm is Realm.LIVE and (not whole or any(map(eq, own, sample))):
        return OfficeIsSample()
    return None


def check_particulars(frame: Frame) -> None:
    """Refuse to make a card before they are the office's own. Raises OfficeIsSample."""
    problem = particulars_problem(frame)
    if problem is not None:
        raise problem
