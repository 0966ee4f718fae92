"""Programs that know nothing of this one, and what they think of a chip's files."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding


def openssl(folder: Path, cms: bytes, authority: bytes) -> tuple[bool, bytes]:
    """What `openssl cms -verify` thinks of it, and the object inside."""
    (folder / "sod.cms").write_bytes(cms)
    root = x509.load_der_x509_certificate(authority)
    (folder / "csca.pem").write_bytes(root.public_bytes(Encoding.PEM))
    lds = folder / "lds.der"
    asked = ["openssl", "cms", "-verify", "-inform", "DER", "-in", str(folder / "sod.cms")]
    asked += ["-CAfile", str(folder / "csca.pem"), "-purpose", "any", "-out", str(lds)]
    done = subprocess.run(asked, capture_output=True, check=False)
    return done.returncode == 0, lds.read_bytes() if lds.exists() else b""
