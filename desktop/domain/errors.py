"""The root of everything an officer can act on.

A Problem is the world saying no (an unpaid code, an empty hopper); anything else that is raised
is a fault of the program and goes to the crash handler.
"""

from __future__ import annotations

import dataclasses


class Problem(Exception):
    """The world said no. Subclasses are dataclasses whose fields are the facts.

    `str()` is the class name alone, so that no log line or traceback carries a person.
    Words come from the message ids `problem.<ClassName>` and `problem.<ClassName>.remedy`.
    """

    def facts(self) -> dict[str, object]:
        """The fields by name, for the placeholders of the words."""
        if not dataclasses.is_dataclass(self):
            return {}
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    def __str__(self) -> str:
        return type(self).__name__
