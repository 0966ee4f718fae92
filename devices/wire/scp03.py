"""GlobalPlatform Secure Channel Protocol 03: a personalisation channel that both ends prove.

Card Specification, Amendment D. Both sides hold three static AES keys. INITIALIZE UPDATE trades
challenges, EXTERNAL AUTHENTICATE proves the host; the session's keys follow from both challenges
by the KDF of NIST SP 800-108 (counter mode, AES-CMAC). From then on each command bears a MAC
chained over all before it (C-MAC), may be encrypted (C-ENC), and each answer likewise.

Pure bytes, for the host and for the card: `Channel` is one session as seen from either end.
MACs here are the short ones of eight bytes (S8).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import CBC

from devices.wire.apdu import Command, Response
from devices.wire.chip_state import StaticKeys

BLOCK = 16
MAC_BYTES = 8
CHALLENGE_BYTES = 8
SECURE = 0x04
"""The bit in CLA that says "secure messaging"."""

C_MAC, C_ENC, R_MAC, R_ENC = 0x01, 0x02, 0x10, 0x20
LEVELS = frozenset({0x01, 0x03, 0x11, 0x13, 0x33})

INITIALIZE_UPDATE, EXTERNAL_AUTHENTICATE = 0x50, 0x82

_CARD_CRYPTOGRAM, _HOST_CRYPTOGRAM, _CARD_CHALLENGE = 0x00, 0x01, 0x02
_S_ENC, _S_MAC, _S_RMAC = 0x04, 0x06, 0x07
_ENC_OF_CARD, _MAC_OF_CARD, _DEK_OF_CARD = 0xE1, 0xE2, 0xE3
_PSEUDO_RANDOM = 0x10
_SUCCESS = 0x9000


class ChannelBroken(Exception):
    """A cryptogram, a MAC or a padding is wrong: whoever is at the other end lacks the key."""


@dataclass(frozen=True, slots=True)
class CardHello:
    """What INITIALIZE UPDATE brings: who the card is, its challenge and its proof."""

    diversification: bytes
    version: int
    option: int
    challenge: bytes
    cryptogram: bytes
    sequence: bytes

    @classmethod
    def decode(cls, raw: bytes) -> CardHello:
        """From the answer's data; raises ChannelBroken for another length or protocol."""
        if len(raw) not in {29, 32} or raw[11] != 0x03:
            raise ChannelBroken
        hello = cls(raw[:10], raw[10], raw[12], raw[13:21], raw[21:29], raw[29:])
        if bool(hello.option & _PSEUDO_RANDOM) != bool(hello.sequence):
            raise ChannelBroken
        return hello

    def encode(self) -> bytes:
        """As the card sends it."""
        head = self.diversification + bytes((self.version, 0x03, self.option))
        return head + self.challenge + self.cryptogram + self.sequence


def cmac(key: bytes, data: bytes) -> bytes:
    """AES-CMAC (NIST SP 800-38B)."""
    # Loaded with the first channel, not with the window.
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.cmac import CMAC

    mac = CMAC(AES(key))
    mac.update(data)
    return mac.finalize()


def derive(key: bytes, constant: int, context: bytes, bits: int) -> bytes:
    """The key derivation of Amendment D, 4.1.5."""
    return derive_by(lambda data: cmac(key, data), constant, context, bits)


def derive_by(mac: Callable[[bytes], bytes], constant: int, context: bytes, bits: int) -> bytes:
    """The same by whoever computes AES-CMAC with the key: it may be a token's."""
    out = b""
    for count in range(1, -(-bits // (BLOCK * 8)) + 1):
        label = bytes(11) + bytes((constant, 0x00))
        out += mac(label + bits.to_bytes(2, "big") + bytes((count,)) + context)
    return out[: bits // 8]


def diversified(master: bytes, card: bytes, version: int = 0x30) -> StaticKeys:
    """A card's own keys from the master key and what the card says of itself."""
    return diversified_by(lambda data: cmac(master, data), len(master) * 8, card, version)


def diversified_by(
    mac: Callable[[bytes], bytes], bits: int, card: bytes, version: int = 0x30
) -> StaticKeys:
    """The same by whoever computes AES-CMAC with the master key of so many bits."""
    parts = (_ENC_OF_CARD, _MAC_OF_CARD, _DEK_OF_CARD)
    own = [derive_by(mac, part, card, bits) for part in parts]
    return StaticKeys(own[0], own[1], own[2], version)


def pseudo_random_challenge(keys: StaticKeys, sequence: bytes, application: bytes) -> bytes:
    """The card's challenge where it counts its sessions (Amendment D, 6.2.2.1)."""
    return derive(keys.enc, _CARD_CHALLENGE, sequence + application, CHALLENGE_BYTES * 8)


def padded(data: bytes) -> bytes:
    """ISO/IEC 9797-1, method 2: 80, then zeros."""
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK)


def unpadded(data: bytes) -> bytes:
    """Without that padding; raises ChannelBroken where there is none."""
    bare = data.rstrip(b"\x00")
    if not bare.endswith(b"\x80") or len(data) - len(bare) >= BLOCK:
        raise ChannelBroken
    return bare[:-1]


class Channel:
    """One session, from the challenges on. Both ends hold one and go through it in step."""

    def __init__(self, keys: StaticKeys, host_challenge: bytes, card_challenge: bytes) -> None:
        context = host_challenge + card_challenge
        bits = len(keys.enc) * 8
        self._enc = derive(keys.enc, _S_ENC, context, bits)
        self._mac = derive(keys.mac, _S_MAC, context, bits)
        self._rmac = derive(keys.mac, _S_RMAC, context, bits)
        self.card_cryptogram = derive(self._mac, _CARD_CRYPTOGRAM, context, MAC_BYTES * 8)
        self.host_cryptogram = derive(self._mac, _HOST_CRYPTOGRAM, context, MAC_BYTES * 8)
        self._chain = bytes(BLOCK)
        self._count = 0
        self.level = 0

    # -- opening ---------------------------------------------------------------------------

    def check_card(self, cryptogram: bytes) -> None:
        """The card's proof; raises ChannelBroken."""
        if not hmac.compare_digest(cryptogram, self.card_cryptogram):
            raise ChannelBroken

    def authenticate(self, level: int) -> Command:
        """EXTERNAL AUTHENTICATE for this level; the session runs from here on."""
        bare = Command(0x84, EXTERNAL_AUTHENTICATE, level, 0, self.host_cryptogram)
        command = self._with_mac(bare)
        self.level = level
        return command

    def accept(self, command: Command) -> None:
        """The card's side of it; raises ChannelBroken unless the host proves itself."""
        if command.p1 not in LEVELS or command.cla != 0x84:
            raise ChannelBroken
        bare = self._without_mac(command)
        if not hmac.compare_digest(bare.data, self.host_cryptogram):
            raise ChannelBroken
        self.level = command.p1

    # -- commands --------------------------------------------------------------------------

    def wrap(self, command: Command) -> Command:
        """A command as it goes over the line."""
        self._count += 1
        data = command.data
        if self.level & C_ENC and data:
            data = self._encrypt(padded(data), 0x00)
        return self._with_mac(
            Command(
                command.cla | SECURE, command.ins, command.p1, command.p2, data, command.expected
            )
        )

    def unwrap(self, command: Command) -> Command:
        """The card's side of it; raises ChannelBroken."""
        bare = self._without_mac(command)
        self._count += 1
        data = bare.data
        if self.level & C_ENC and data:
            data = unpadded(self._decrypt(data, 0x00))
        return Command(bare.cla & ~SECURE, bare.ins, bare.p1, bare.p2, data, bare.expected)

    # -- answers ---------------------------------------------------------------------------

    def wrap_answer(self, answer: Response) -> Response:
        """An answer as it goes over the line; a refusal bears no MAC."""
        if not self.level & R_MAC or not _bears_mac(answer.status):
            return answer
        data = answer.data
        if self.level & R_ENC and data:
            data = self._encrypt(padded(data), 0x80)
        return Response(data + self._answer_mac(data, answer.status), answer.status)

    def unwrap_answer(self, answer: Response) -> Response:
        """The host's side of it; raises ChannelBroken."""
        if not self.level & R_MAC or not _bears_mac(answer.status):
            return answer
        data, mac = answer.data[:-MAC_BYTES], answer.data[-MAC_BYTES:]
        if not hmac.compare_digest(mac, self._answer_mac(data, answer.status)):
            raise ChannelBroken
        if self.level & R_ENC and data:
            data = unpadded(self._decrypt(data, 0x80))
        return Response(data, answer.status)

    # -- the primitives --------------------------------------------------------------------

    def _with_mac(self, bare: Command) -> Command:
        mac = self._command_mac(bare)
        return Command(bare.cla, bare.ins, bare.p1, bare.p2, bare.data + mac, bare.expected)

    def _without_mac(self, command: Command) -> Command:
        data, mac = command.data[:-MAC_BYTES], command.data[-MAC_BYTES:]
        bare = Command(command.cla, command.ins, command.p1, command.p2, data, command.expected)
        before = self._chain
        if not command.cla & SECURE or not hmac.compare_digest(mac, self._command_mac(bare)):
            self._chain = before
            raise ChannelBroken
        return bare

    def _command_mac(self, bare: Command) -> bytes:
        size = len(bare.data) + MAC_BYTES
        lc = bytes((size,)) if size <= 255 else b"\x00" + size.to_bytes(2, "big")
        head = bytes((bare.cla, bare.ins, bare.p1, bare.p2)) + lc
        self._chain = cmac(self._mac, self._chain + head + bare.data)
        return self._chain[:MAC_BYTES]

    def _answer_mac(self, data: bytes, status: int) -> bytes:
        return cmac(self._rmac, self._chain + data + status.to_bytes(2, "big"))[:MAC_BYTES]

    def _vector(self, side: int) -> bytes:
        counter = bytes((side,)) + self._count.to_bytes(BLOCK - 1, "big")
        # The counter's encryption is the IV, as Amendment D 6.2.6 has it; one block, once.
        block = _cbc(self._enc, bytes(BLOCK)).encryptor()
        return block.update(counter) + block.finalize()

    def _encrypt(self, data: bytes, side: int) -> bytes:
        cipher = _cbc(self._enc, self._vector(side)).encryptor()
        return cipher.update(data) + cipher.finalize()

    def _decrypt(self, data: bytes, side: int) -> bytes:
        if len(data) % BLOCK:
            raise ChannelBroken
        cipher = _cbc(self._enc, self._vector(side)).decryptor()
        return cipher.update(data) + cipher.finalize()


def _cbc(key: bytes, vector: bytes) -> Cipher[CBC]:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    return Cipher(AES(key), CBC(vector))


def _bears_mac(status: int) -> bool:
    return status == _SUCCESS or status >> 8 in {0x62, 0x63}
