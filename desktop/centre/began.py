"""Whether a counter was begun in a folder: asked at every start, so no centre is loaded for it."""

from __future__ import annotations

import json
from pathlib import Path

from desktop.domain.realm import Realm
from desktop.profile import Profile
from desktop.profile_files import PROFILE_FILE
from desktop.settings import load_settings

FOLDER = "centre"
WAY = "way.json"


def joined_already(folder: Path) -> bool:
    """Whether a folder holds a counter that can be opened: training, or live with its centre."""
    if not Profile.exists(folder):
        return False
    try:
        facts = json.loads((folder / PROFILE_FILE).read_bytes())
    except (OSError, ValueError):
        return True  # opening it says what is wrong with it
    if not isinstance(facts, dict) or facts.get("realm") != Realm.LIVE.value:
        return True
    return not (folder / FOLDER / WAY).is_file() or bool(load_settings(folder).centre.host)
