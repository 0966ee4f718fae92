"""What each family of real devices can be set to.

Declared apart from the adapters, so that the settings screen can show them without loading a
driver; each adapter says beside its code what an option does on the wire.
"""

from __future__ import annotations
