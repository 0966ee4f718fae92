"""What holds for every test: no screen, no real profile, no real keyring, a fixed pace.

Set before anything imports Qt or platformdirs, so it stands at module level and not in a fixture.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A test that writes to the officer's own folders or keyring would be found out too late.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
_home = Path(tempfile.gettempdir()) / f"loket-tests-{os.getpid()}"
atexit.register(shutil.rmtree, _home, ignore_errors=True)
for _name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
    os.environ[_name] = str(_home / _name.lower())
for _name in ("APPDATA", "LOCALAPPDATA"):
    os.environ[_name] = str(_home / _name.lower())
# libpcsclite reads it once in a process; the smart card service of the machine is none of ours.
os.environ["PCSCLITE_CSOCK_NAME"] = str(_home / "pcscd" / "run" / "pcscd.comm")

pytest_plugins = ["tests.wires.rigs.pcscd_fixtures", "tests.central.rigs.fixtures"]

# Two busy cores make a deadline for each example a coin toss; pytest-timeout guards the whole.
settings.register_profile("loket", deadline=None, print_blob=True)
settings.load_profile("loket")
