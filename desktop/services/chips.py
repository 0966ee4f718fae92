"""Which chip this counter's cards have, and whose keys write it.

A training profile derives the authority's keys and the cards' master key from a secret that its
own root gives: neither is kept anywhere. A live counter has them in its token: the cards' master
key (AES, label `loket-cards`) and the document signer's (P-256, label `loket-document-signer`),
whose certificate lies in the profile's folder `chip`, its authority's in `csca`. Without them it
writes no licences on chips, and says so.
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cards.chip.profiles import ChipProfile, TrivialProfile
from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.keys.certificates import KeyRole
from desktop.profile import Profile
from desktop.settings import Settings
from desktop.sources import KeySource

if TYPE_CHECKING:
    from desktop.cards.chip.lds import Gone

_LOG = logging.getLogger(__name__)

_AUTHORITY = b"loket training: secret of the chips' authority"
_MASTER = b"loket training: master key of the cards"


class NoChipKeys(Problem):
    """The settings want licences on chips, but this profile has no keys for them."""


def chip_profile(
    settings: Settings, profile: Profile, keys: KeySource, gone: Gone | None = None
) -> ChipProfile:
    """The chip that the settings name; `gone` knows revoked signers. Raises NoChipKeys."""
    if settings.cards.chip == "plain":
        return TrivialProfile()
    from desktop.cards.chip.authority import training_signer
    from desktop.cards.chip.lds import DerivedCardKeys, LdsProfile, nobody

    gone = gone or nobody
    if profile.realm is not Realm.TRAINING:
        return _live(profile, keys, gone)
    signer = training_signer(_secret(profile, _AUTHORITY))
    cards = DerivedCardKeys(training_master(profile))
    return LdsProfile(signer, cards, (signer.authority,), keys.take, gone)


def _live(profile: Profile, keys: KeySource, gone: Gone) -> ChipProfile:
    """The chip of a live counter, its keys in the counter's own token. Raises NoChipKeys."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from desktop.cards.chip.authority import DocumentSigner
    from desktop.cards.chip.lds import LdsProfile
    from desktop.keys.card_keys import TokenCardKeys
    from desktop.keys.token_signer import TokenSigner

    token = profile.opened_token()
    certificates = _certificates_in(profile.path / SIGNER_FOLDER)
    authorities = authorities_of(profile)
    if token is None or not certificates or not authorities:
        raise NoChipKeys
    signer = TokenSigner(token, label=SIGNER_LABEL)
    for raw in certificates:
        document = x509.load_der_x509_certificate(raw)
        public = document.public_key()
        if not isinstance(public, ec.EllipticCurvePublicKey):
            continue
        if public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint) != signer.public:
            continue
        for authority in authorities:
            try:
                document.verify_directly_issued_by(x509.load_der_x509_certificate(authority))
            except (InvalidSignature, ValueError, TypeError):
                continue
            made = DocumentSigner(signer, raw, authority)
            return LdsProfile(made, TokenCardKeys(token), authorities, keys.take, gone)
    raise NoChipKeys


def reading_profiles(
    settings: Settings, profile: Profile, chip: ChipProfile, gone: Gone | None = None
) -> tuple[ChipProfile, ...]:
    """Every sort of chip that a card brought here may have, this counter's own first.

    Reading needs no key: a live counter proves chips with the authorities' certificates that lie
    in its folder `csca` (DER or PEM).
    """
    from desktop.cards.chip.lds import LdsReading, nobody

    other: ChipProfile = TrivialProfile()
    if settings.cards.chip == "plain":
        other = LdsReading(authorities_of(profile), gone or nobody)
    return (chip, other)


def authorities_of(profile: Profile) -> tuple[bytes, ...]:
    """The authorities (DER) whose chips this profile believes."""
    from desktop.cards.chip.authority import training_signer

    if profile.realm is Realm.TRAINING and profile.holds(KeyRole.ROOT):
        return (training_signer(_secret(profile, _AUTHORITY)).authority,)
    return _certificates_in(profile.path / AUTHORITIES_FOLDER)


def _certificates_in(folder: Path) -> tuple[bytes, ...]:
    """The certificates (DER) in a folder; a file that is none is left out and told in the log."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    found: list[bytes] = []
    for path in sorted(folder.glob("*")):
        raw = path.read_bytes()
        try:
            pem = raw.lstrip().startswith(b"-----BEGIN")
            load = x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate
            found.append(load(raw).public_bytes(Encoding.DER))
        except ValueError:
            _LOG.warning("a file in %s is no certificate", folder.name)
    return tuple(found)


AUTHORITIES_FOLDER = "csca"
SIGNER_FOLDER = "chip"
SIGNER_LABEL = "loket-document-signer"


def training_master(profile: Profile) -> bytes:
    """The master key of a training profile's cards. Raises NoChipKeys."""
    return _secret(profile, _MASTER)[:16]


def _secret(profile: Profile, purpose: bytes) -> bytes:
    """Bytes that only the holder of the training root can find again."""
    if profile.realm is not Realm.TRAINING or not profile.holds(KeyRole.ROOT):
        raise NoChipKeys
    return hashlib.sha256(profile.signer(KeyRole.ROOT).sign(purpose)).digest()
