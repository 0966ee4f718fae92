"""What the world may refuse: the one root of `Problem`, `DeviceFault` and `StoreProblem`.

The floors below `desktop` know neither each other nor the domain, and each has refusals of its
own. What they share is not what was refused but how a refusal is told: a class whose fields are
facts, whose text never carries a person, and whose words are found by its name. So this lies
below all floors and knows nothing of any of them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Self, dataclass_transform


@dataclass_transform(eq_default=False)
class Refusal(Exception):
    """The world said no. Subclasses are dataclasses whose fields are the facts.

    `str()` is the class name alone, so that no log line or traceback carries a person.
    Words come from the message ids `problem.<ClassName>` and `problem.<ClassName>.remedy`.
    """

    @classmethod
    def made(cls) -> type[Self]:
        """This class as a dataclass, made when first raised: the start needn't wait for it."""
        for kind in reversed(cls.__mro__):
            if issubclass(kind, Refusal) and "__dataclass_fields__" not in vars(kind):
                dataclass(eq=False, repr=False)(kind)
        return cls

    def __new__(  # pyright: ignore[reportInconsistentConstructor]
        cls, *args: object, **facts: object
    ) -> Self:
        return super().__new__(cls.made(), *args, **facts)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def facts(self) -> dict[str, object]:
        """The fields by name, for the placeholders of the words."""
        fields = dataclasses.fields(self)  # pyright: ignore[reportArgumentType]
        return {field.name: getattr(self, field.name) for field in fields}

    def __str__(self) -> str:
        return type(self).__name__
