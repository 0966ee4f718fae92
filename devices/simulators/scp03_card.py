"""The card's end of an SCP03 channel: open once the keys are proven, gone at the first fault."""

from __future__ import annotations

from devices.wire import scp03
from devices.wire.apdu import Command, Response

OPTION = 0x70
"""Challenges follow from a counter; the card can prove and encrypt its answers."""


class ChannelEnd:
    """One application's channel; `level` is what it wants secured before it does anything."""

    def __init__(self, application: bytes, level: int, *, refused: int = 0x6300) -> None:
        self._application = application
        self._level = level
        self._refused = refused
        self._channel: scp03.Channel | None = None
        self._open = False

    def hello(
        self, keys: scp03.StaticKeys, diversification: bytes, session: int, command: Command
    ) -> Response:
        """INITIALIZE UPDATE: who the card is, its challenge of this session and its proof."""
        self.close()
        if len(command.data) != scp03.CHALLENGE_BYTES:
            return Response(b"", 0x6700)
        sequence = session.to_bytes(3, "big")
        challenge = scp03.pseudo_random_challenge(keys, sequence, self._application)
        self._channel = channel = scp03.Channel(keys, command.data, challenge)
        hello = scp03.CardHello(
            diversification, keys.version, OPTION, challenge, channel.card_cryptogram, sequence
        )
        return Response(hello.encode(), 0x9000)

    def prove(self, command: Command) -> Response:
        """EXTERNAL AUTHENTICATE: the host proves itself, once."""
        if self._channel is None or self._open:
            return Response(b"", 0x6985)
        try:
            self._channel.accept(command)
        except scp03.ChannelBroken:
            self.close()
            return Response(b"", self._refused)
        # Less than all of it would let data pass in the clear.
        self._open = self._channel.level == self._level
        return Response(b"", 0x9000 if self._open else 0x6985)

    def bare(self, command: Command) -> Command | None:
        """A command out of the open channel; None where there is none, or it breaks by this."""
        if self._channel is None or not self._open:
            return None
        try:
            return self._channel.unwrap(command)
        except scp03.ChannelBroken:
            self.close()
            return None

    def wrapped(self, answer: Response) -> Response:
        """The answer to a command that `bare` gave, as it goes back."""
        assert self._channel is not None, "only what came through the channel goes back by it"
        return self._channel.wrap_answer(answer)

    def close(self) -> None:
        """The session is over."""
        self._channel, self._open = None, False
