"""The seal's page is enough to write a verifier: this one knows nothing else.

It shares no code with the program: its own base45, CBOR, canonical JSON and set reader, and the
`cryptography` package for the signature.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desktop.cards.seal_check import check
from desktop.cards.seal_keys import read_seal_keys

PAGE = (Path(__file__).parents[1] / "docs" / "seal.md").read_text(encoding="utf-8")
FENCE = re.compile(r"<!-- example: (\w+) -->\n```\w+\n(.*?)\n```\n", re.DOTALL)
EXAMPLES: dict[str, str] = dict(FENCE.findall(PAGE))
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def data(name: str) -> bytes:
    return bytes.fromhex(EXAMPLES[name].replace("\n", ""))


def text(name: str) -> str:
    return EXAMPLES[name].replace("\n", "")


def unbase45(body: str) -> bytes:
    out = bytearray()
    for at in range(0, len(body), 3):
        group = body[at : at + 3]
        value = sum(DIGITS.index(sign) * 45**index for index, sign in enumerate(group))
        out += value.to_bytes(len(group) - 1, "big")
    return bytes(out)


def uncbor(raw: bytes) -> tuple[Any, bytes]:
    """One value of the deterministic form, and what follows it."""
    major, short, rest = raw[0] >> 5, raw[0] & 31, raw[1:]
    number = short
    if short >= 24:
        length = 1 << (short - 24)
        number, rest = int.from_bytes(rest[:length], "big"), rest[length:]
        assert number >= (24, 1 << 8, 1 << 16, 1 << 32)[short - 24], "not the shortest form"
    match major:
        case 0:
            return number, rest
        case 1:
            return -1 - number, rest
        case 2:
            return rest[:number], rest[number:]
        case 3:
            return rest[:number].decode(), rest[number:]
        case 4:
            items: list[Any] = []
            for _ in range(number):
                item, rest = uncbor(rest)
                items.append(item)
            return items, rest
        case 5:
            held: dict[Any, Any] = {}
            for _ in range(number):
                key, rest = uncbor(rest)
                held[key], rest = uncbor(rest)
            return held, rest
        case _:
            assert (major, number) == (6, 18)
            return uncbor(rest)


def whole(raw: bytes) -> Any:
    value, rest = uncbor(raw)
    assert rest == b""
    return value


def head(major: int, length: int) -> bytes:
    return bytes([major << 5 | length]) if length < 24 else bytes([major << 5 | 24, length])


def to_sign(protected: bytes, payload: bytes) -> bytes:
    return (
        head(4, 4) + head(3, 10) + b"Signature1" + head(2, len(protected)) + protected
        + head(2, 0) + head(2, len(payload)) + payload
    )  # fmt: skip


def holds(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def canonical(value: dict[str, Any]) -> bytes:
    """RFC 8785, as far as plain texts need it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def plain(without: dict[str, Any]) -> bytes:
    return canonical({name: value for name, value in without.items() if name != "signature"})


def day(number: int) -> date:
    return date(1900, 1, 1) + timedelta(days=number)


def test_the_card_s_example_step_by_step() -> None:
    assert text("text").startswith("SIM1:")
    message = unbase45(text("text")[5:])
    assert message == data("message")
    protected, loose, payload, signature = whole(message)
    assert whole(protected) == {1: -8, 4: data("kid")}
    assert loose == {}
    assert (payload, signature) == (data("payload"), data("signature"))
    assert to_sign(protected, payload) == data("signed")
    assert hashlib.sha256(data("public")).digest()[:8] == data("kid")
    assert holds(data("public"), signature, data("signed"))
    assert not holds(data("public"), signature, data("signed")[:-1] + b"5")
    said = whole(payload)
    assert said == {
        1: 1, 2: 0, 3: "3273014101900001", 4: "C", 5: "SITI CONTOH", 6: said[6], 7: said[7],
        8: said[8], 9: "AB00000017", 10: hashlib.sha256(b"").digest()[:16], 11: "1374",
    }  # fmt: skip
    for key, told in ((6, "1990-01-31"), (7, "2026-03-02"), (8, "2031-03-02")):
        assert day(said[key]).isoformat() == told
        assert f"{told} (day {said[key]})" in PAGE


def test_profile_b_s_example() -> None:
    protected, _, payload, signature = whole(zlib.decompress(unbase45(text("claim")[5:])))
    assert holds(data("public"), signature, to_sign(protected, payload))
    claims = whole(payload)
    assert set(claims) == {1, 4, 6, 169}
    assert claims[1] == "contoh.polri.go.id"
    assert datetime.fromtimestamp(claims[4], UTC).isoformat() == "2031-03-02T23:59:59+00:00"
    assert claims[169][4] == "SITI CONTOH"
    assert claims[169][8] == "19900131"
    assert day(claims[169][-70003]).isoformat() == "2031-03-02"


def test_the_paper_s_example() -> None:
    protected, _, payload, signature = whole(unbase45(text("paper")[5:]))
    assert holds(data("public"), signature, to_sign(protected, payload))
    said = whole(payload)
    assert (said[1], said[20], said[23], said[25]) == (2, 3, "L3", 812)
    assert len(said[26]) == 16


def test_the_file_of_keys_and_its_certificates() -> None:
    keys = json.loads(EXAMPLES["keys"])
    root, seal = keys["certificates"]
    public = bytes.fromhex(root["public"])
    assert hashlib.sha256(public).hexdigest()[:32] == root["issuer"] == keys["signer"]
    for signed in (root, seal, keys):
        assert holds(public, bytes.fromhex(signed["signature"]), plain(signed))
    assert seal["issuer"] == root["issuer"]
    assert (seal["role"], bytes.fromhex(seal["public"])) == ("seal", data("public"))


def test_the_list_of_withdrawn_cards_by_hand() -> None:
    listed = unbase45(json.loads(EXAMPLES["keys"])["withdrawn_cards"][5:])
    protected, _, payload, signature = whole(listed)
    assert holds(data("public"), signature, to_sign(protected, payload))
    said = whole(payload)
    assert said[32] == data("packed")
    count, rate = said[30], said[31]
    bits = "".join(f"{byte:08b}" for byte in said[32])
    at = value = 0
    found: set[int] = set()
    for _ in range(count):
        ones = bits.index("0", at) - at
        at += ones + 1
        value += (ones << rate) + int(bits[at : at + rate], 2)
        at += rate
        found.add(value)
    assert bits[at:].strip("0") == ""
    assert len(bits) - at < 8

    def place(serial: str) -> int:
        digest = hashlib.sha256(b"loket-withdrawn\0training\0" + serial.encode()).digest()
        return int.from_bytes(digest[:8], "big") * count * 2**rate // 2**64

    rows = re.findall(r"^\| (AB\d+) \| ([0-9a-f]{16}) \| (\d+) \|", PAGE, re.MULTILINE)
    assert len(rows) == count
    assert {place(serial) for serial, _, _ in rows} == found
    for serial, first, worth in rows:
        digest = hashlib.sha256(b"loket-withdrawn\0training\0" + serial.encode())
        assert digest.hexdigest()[:16] == first
        assert place(serial) == int(worth)
    assert place("AB00000017") not in found


def test_the_program_agrees_with_its_page() -> None:
    keys = read_seal_keys(EXAMPLES["keys"].encode())
    for name in ("text", "claim", "paper"):
        assert check(text(name), keys, datetime(2026, 3, 3, tzinfo=UTC)).good, name


def test_every_key_and_answer_of_the_program_stands_on_the_page() -> None:
    from desktop.cards.seal import Key, PaperType
    from desktop.cards.seal_check import SealFault

    rows = re.findall(r"^\| (\d+) \| [^|]+\| [^|]+\| [+Cmay ]*\| [+may ]*\| [+ ]*\|", PAGE, re.M)
    assert {int(row) for row in rows} == {int(key) for key in Key}
    for fault in SealFault:
        assert f"`{fault}`" in PAGE
    papers = PAGE[PAGE.index("Papers: ") :].split("\n")[0]
    assert all(re.search(rf"\b{int(kind)} [a-z]", papers) for kind in PaperType)
