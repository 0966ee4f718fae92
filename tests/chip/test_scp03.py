"""The secure channel against sessions of real cards, and both of its ends against each other.

The sessions (keys, challenges, commands, answers) are the facts that the pySim project publishes
in its own tests; AES of three sizes, three levels of security.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.wire import scp03
from devices.wire.apdu import Command, Response


@dataclass(frozen=True)
class Session:
    """One recorded session."""

    size: int
    init: str
    hello: str
    authenticate: str
    first: str
    first_answer: str
    later: tuple[str, str, str, str]

    @property
    def keys(self) -> scp03.StaticKeys:
        """Counting bytes, repeated to the key's size."""
        made = [(bytes(range(start, start + 16)) * 2)[: self.size] for start in (0x00, 0x10, 0x20)]
        if self.size == 24:
            made = [key[:16] + key[:8] for key in made]
        return scp03.StaticKeys(*made, version=int(self.init[4:6], 16))


FIRST = "80E2910006BF3E035C015A00"
FIRST_ANSWER = "bf3e125a1089882119900000000000000000000005"
LATER = ("80F22002", "80ca006600", "80F220020a4f0212345c054f9f70c5", "80f28002024f0000")

SESSIONS = {
    "128-11": Session(
        16,
        "8050300008b13e5f938fc108c400",
        "000000000000000000003003703eb51047495b249f66c484c1d2ef1948000002",
        "84821100107d5f5826a993ebc89eea24957fa0b3ce",
        "84e291000ebf3e035c015a558d036518a2829700",
        "bf3e125a1089882119900000000000000000000005971be68992dbbdfa",
        (
            "84f220020863a63f8959827fb2",
            "84ca006608a0c6a4a74166f7ce00",
            "84f22002124f0212345c054f9f70c52249b50272656536",
            "84f280020a4f00e91443f6dce6b8ed00",
        ),
    ),
    "128-03": Session(
        16,
        "80503000088e1552d0513c60f300",
        "0000000000000000000030037030760cd2c47c1dd395065fe5ead8a9d7000001",
        "8482030010fd4721a14d9b07003c451d2f8ae6bb21",
        "84e2910018ca9c00f6713d79bc8baa642bdff51c3f6a4082d3bd9ad26c00",
        "bf3e125a1089882119900000000000000000000005",
        (
            "84f2200208c9811b11f1264cf1",
            "84ca006608e10ab60b3054798800",
            "84f22002184e2908bdb48b2315a55482e9e936ca122d6ecfae7d17416e",
            "84f28002180dd10a6b6193e5340b9e77d32d5a179cd710ac2773aefb2800",
        ),
    ),
    "128-33": Session(
        16,
        "8050300008fdf38259a1e0de4400",
        "000000000000000000003003703b1aca81e821f219081cdc01c26b372d000003",
        "84823300108c36f96bcc00724a4e13ad591d7da3f0",
        "84e2910018267a85dfe4a98fca6fb0527e0dfecce4914e40401433c87f00",
        "f3ba2b1013aa6224f5e1c138d71805c569e5439b47576260b75fc021b25097cb2e68f8a0144975b9",
        (
            "84f2200208ac6a59024bed84cc",
            "84ca006608409912ad8fb7aed000",
            "84f22002185f3dafc3ac14c381536a488bf44e06d056df9d74dbd21e5a",
            "84f280021865165105be3373347d0424d4400af2ac393f569ec779389e00",
        ),
    ),
    "192-33": Session(
        24,
        "80503100089b3f2eef0e8c937400",
        "00000000000000000000310370f6bb305a15bae1a68f79fb08212fbed7000002",
        "84823300109100bc22d58b45b86a26365ce39ff3cf",
        "84e29100188f7f946c84f70d17994bc6e8791251bb1bb1bf02cf8de58900",
        "c05176c1b6f72aae50c32cbee63b0e95998928fd4dfb2be9f27ffde8c8476f5909b4805cc4039599",
        (
            "84f2200208d5d97754b6b3d2ba",
            "84ca006608516c82b8e30adbeb00",
            "84f2200218cc247f4761e6944277a4e0d6e32e44025b1e31537e2fc668",
            "84f2800218ba22b63d509bef5d093b43e5eaed03ed23144ab2d9cb51de00",
        ),
    ),
    "256-11": Session(
        32,
        "805032000811666d57866c6f5400",
        "0000000000000000000032037053ea8847efa7674e41498a4d66cf0dee000003",
        "84821100102f2ad190eff2fafc4908996d1cebd310",
        "84e291000ebf3e035c015af4b680372542b59d00",
        "bf3e125a10898821199000000000000000000000058012dd7f01f1c4c1",
        (
            "84f2200208d618b7da68d5fe52",
            "84ca0066088f3e055db23ad5e500",
            "84f22002124f0212345c054f9f70c5b6e15cc42404915e",
            "84f280020a4f00aa124aa74afe7f7500",
        ),
    ),
    "256-33": Session(
        32,
        "805032000897b2055fe58599fd00",
        "00000000000000000000320370a8439a22cedf045fa9f1903b2834f26e000002",
        "8482330010508a0fd959d2e547c6b33154a6be2057",
        "84e29100187a5ef717eaf1e135ae92fe54429d0e465decda65f5fe5aea00",
        "ea90dbfa648a67c5eb6abc57f8530b97d0cd5647c5e8732016b55203b078dd2ace7f8bc5d1c1cd99",
        (
            "84f2200208bcc5c17275545d93",
            "84ca00660804806aba9d543bb600",
            "84f2200218717222491556ec81a45f49ce48be33320024801a1c4cb0e0",
            "84f2800218561f105bccd3a1642904b251ccc1228beb80a82370a8637000",
        ),
    ),
}


def plain(text: str) -> Command:
    return Command.decode(bytes.fromhex(text))


def hello_of(session: Session) -> scp03.CardHello:
    return scp03.CardHello.decode(bytes.fromhex(session.hello))


def channel_of(session: Session) -> scp03.Channel:
    challenge = bytes.fromhex(session.init)[5:13]
    return scp03.Channel(session.keys, challenge, hello_of(session).challenge)


@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
def test_a_recorded_session_comes_out_byte_by_byte(session: Session) -> None:
    channel = channel_of(session)
    channel.check_card(hello_of(session).cryptogram)
    level = bytes.fromhex(session.authenticate)[2]
    assert channel.authenticate(level).encode().hex() == session.authenticate
    assert channel.wrap(plain(FIRST)).encode().hex() == session.first
    told = channel.unwrap_answer(Response(bytes.fromhex(session.first_answer), 0x9000))
    assert told.data.hex() == FIRST_ANSWER
    for bare, expected in zip(LATER, session.later, strict=True):
        assert channel.wrap(plain(bare)).encode().hex() == expected


@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
def test_the_card_s_end_reads_what_the_host_s_sent(session: Session) -> None:
    card = channel_of(session)
    card.accept(plain(session.authenticate))
    assert card.unwrap(plain(session.first)) == plain(FIRST)
    answer = card.wrap_answer(Response(bytes.fromhex(FIRST_ANSWER), 0x9000))
    assert answer.data.hex() == session.first_answer
    for bare, sent in zip(LATER, session.later, strict=True):
        assert card.unwrap(plain(sent)) == plain(bare)


@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
def test_one_changed_bit_breaks_the_channel(session: Session) -> None:
    hello = hello_of(session)
    with pytest.raises(scp03.ChannelBroken):
        channel_of(session).check_card(bytes((hello.cryptogram[0] ^ 1,)) + hello.cryptogram[1:])
    raw = bytes.fromhex(session.first)
    for at, bit in itertools.product(range(len(raw) - 1), (0, 7)):
        if at == 4:
            continue
        card = channel_of(session)
        card.accept(plain(session.authenticate))
        bent = raw[:at] + bytes((raw[at] ^ 1 << bit,)) + raw[at + 1 :]
        with pytest.raises(scp03.ChannelBroken):
            card.unwrap(Command.decode(bent))
    answer = bytes.fromhex(session.first_answer)
    if bytes.fromhex(session.authenticate)[2] & scp03.R_MAC:
        for at in range(len(answer)):
            host = channel_of(session)
            host.authenticate(bytes.fromhex(session.authenticate)[2])
            host.wrap(plain(FIRST))
            bent = answer[:at] + bytes((answer[at] ^ 1,)) + answer[at + 1 :]
            with pytest.raises(scp03.ChannelBroken):
                host.unwrap_answer(Response(bent, 0x9000))


@given(st.binary(max_size=230), st.sampled_from(sorted(scp03.LEVELS)), st.binary(max_size=100))
def test_both_ends_agree(data: bytes, level: int, back: bytes) -> None:
    keys = scp03.diversified(b"m" * 16, b"card")
    host, card = (scp03.Channel(keys, b"h" * 8, b"c" * 8) for _ in range(2))
    card.accept(host.authenticate(level))
    for _ in range(2):
        bare = Command(0x80, 0xE2, 0, 1, data)
        assert card.unwrap(Command.decode(host.wrap(bare).encode())) == bare
        answer = Response(back, 0x9000)
        assert host.unwrap_answer(card.wrap_answer(answer)) == answer
    assert host.unwrap_answer(card.wrap_answer(Response(b"", 0x6A80))).status == 0x6A80


@given(st.binary(max_size=64))
def test_a_hello_of_anything_is_read_or_refused(raw: bytes) -> None:
    try:
        assert scp03.CardHello.decode(raw).encode() == raw
    except scp03.ChannelBroken:
        return


def test_each_card_has_keys_of_its_own() -> None:
    one, other = scp03.diversified(b"m" * 16, b"one"), scp03.diversified(b"m" * 16, b"other")
    assert len({*(one.enc, one.mac, one.dek), *(other.enc, other.mac, other.dek)}) == 6
    assert repr(one) == repr(other) == "StaticKeys(version=0x30)"
