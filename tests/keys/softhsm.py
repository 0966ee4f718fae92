"""SoftHSM as a token: a folder, a label and a PIN of its own for each test.

The module is one per process and reads its configuration when it is initialised, so it is ended
with the test.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pkcs11

from desktop.keys.pkcs11 import Token, TokenPlace

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "246810"
SO_PIN = "13579135"


@dataclass(frozen=True)
class SoftHsm:
    """Tokens in a folder."""

    folder: Path

    def make(self, label: str = "loket", pin: str = PIN) -> TokenPlace:
        """A new, empty token."""
        self._util("--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", SO_PIN)
        self.restart()
        return TokenPlace(MODULE, label)

    def token(self, label: str = "loket", pin: str = PIN, *, reopens: bool = True) -> Token:
        """The same with its PIN at hand."""
        return Token(self.make(label, pin), lambda: pin, reopens=reopens)

    def restart(self) -> None:
        """As a token that is pulled and plugged in again: all sessions are dead."""
        module = pkcs11.lib(MODULE)
        module.finalize()
        module.initialize()

    def pull(self) -> None:
        """Take every token out."""
        self.folder.rename(self.folder.with_name("drawer"))
        self.folder.mkdir()
        self.restart()

    def plug(self) -> None:
        """Put them in again."""
        self.folder.rmdir()
        self.folder.with_name("drawer").rename(self.folder)
        self.restart()

    def _util(self, *words: str) -> None:
        program = shutil.which("softhsm2-util")
        assert program, "softhsm2 isn't installed (.ci/setup --tests)"
        done = subprocess.run([program, *words], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr


@contextmanager
def running(folder: Path) -> Generator[SoftHsm]:
    """SoftHSM with its tokens below `folder`."""
    assert Path(MODULE).exists(), "softhsm2 isn't installed (.ci/setup --tests)"
    tokens = folder / "tokens"
    tokens.mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(config)
    try:
        yield SoftHsm(tokens)
    finally:
        pkcs11.lib(MODULE).finalize()
        if before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = before
