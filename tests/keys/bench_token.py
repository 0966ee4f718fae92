"""How long a signature takes in SoftHSM, beside a key in memory.

.venv/bin/python -m tests.keys.bench_token [--count 2000]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from desktop.keys.secret_box import SoftBox
from desktop.keys.signer import SoftEs256Signer, SoftSigner
from desktop.keys.token_provider import TokenProvider
from desktop.keys.token_signer import Algorithm, TokenSigner, make_key
from desktop.sources import SystemKeys
from tests.keys.softhsm import running


def median(work: Callable[[bytes], object], count: int) -> float:
    """Microseconds of the middle one."""
    times: list[float] = []
    for number in range(count):
        message = number.to_bytes(200, "big")
        begun = time.perf_counter()
        work(message)
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1e6


def run() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as hsm:
        token = hsm.token()
        ed = TokenSigner(token, key=make_key(token, "ed"))
        ec = TokenSigner(token, key=make_key(token, "ec", Algorithm.ES256))
        box = TokenProvider(token).make("p", SystemKeys())
        pairs = [
            ("Ed25519", ed.sign, SoftSigner(bytes(32)).sign),
            ("ES256", ec.sign, SoftEs256Signer(bytes(32)).sign),
            ("AES-GCM", lambda m: box.seal(m, "l"), lambda m: SoftBox(bytes(32)).seal(m, "l")),
        ]
        for name, there, here in pairs:
            median(there, 50)
            soft, hard = median(here, count), median(there, count)
            print(f"{name}: {hard:.0f} us in the token, {soft:.0f} us in memory")
        token.close()


if __name__ == "__main__":
    run()
