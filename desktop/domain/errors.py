"""The root of everything an officer can act on.

A Problem is the world saying no (an unpaid code, an empty hopper); anything else that is raised
is a fault of the program and goes to the crash handler.
"""

from __future__ import annotations

from refusal import Refusal


class Problem(Refusal):
    """The office's rules or the state of a case said no; see `Refusal` for how it is told."""
