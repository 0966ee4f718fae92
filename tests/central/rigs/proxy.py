"""A bad line between a counter and the centre: a TCP proxy on loopback with faults to order.

    with bad_line(("127.0.0.1", server.port)) as line:
        line.delay(0.3)            # 600 ms round trip, at full throughput
        line.cut_after(up=4000)    # reset in mid-message once 4,000 more bytes went up
        line.swallow_answers()     # what goes up arrives, no answer comes back: then a reset
        line.fall_silent()         # half open: accepted, kept, nothing forwarded
        line.down(); line.up()     # nobody answers at the port; and again

TLS passes through, so a cut falls anywhere in a record, as on a real line. Bytes are counted in
each direction. Orders may come from any thread and hold for the connections that are open and for
those to come.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

CHUNK = 16 * 1024


class Direction:
    """One way of the line, and what it has carried."""

    def __init__(self) -> None:
        self.delay = 0.0
        self.bytes_a_second: float | None = None
        self.left: int | None = None
        self.carried = 0


class BadLine:
    """The proxy; `port` stays the same for its life, also while it is down."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.port = 0
        self.connections = 0
        self.upward = Direction()
        self.downward = Direction()
        self._silent = False
        self._swallow = False
        self._open: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bad line", daemon=True)

    # -- life --------------------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()
        self._ask(self._listen())

    def stop(self) -> None:
        self._ask(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    # -- orders ------------------------------------------------------------------------------

    def delay(self, one_way: float) -> None:
        """Each byte takes `one_way` seconds; a round trip is twice that."""
        self.upward.delay = self.downward.delay = one_way

    def slow(self, bytes_a_second: float | None) -> None:
        """No more than this each way."""
        self.upward.bytes_a_second = self.downward.bytes_a_second = bytes_a_second

    def cut_after(self, *, up: int | None = None, down: int | None = None) -> None:
        """Reset every connection once so many more bytes have passed."""
        self.upward.left, self.downward.left = up, down

    def swallow_answers(self) -> None:
        """What goes up arrives; the first answer is swallowed and the connection reset."""
        self._swallow = True

    def fall_silent(self) -> None:
        """Half open: connections stay, nothing is forwarded."""
        self._silent = True

    def down(self) -> None:
        """Nobody answers at the port, and open connections are reset."""
        self._ask(self._close())

    def up(self) -> None:
        """The port answers, every fault is taken back."""
        self.mend()
        if self._server is None:
            self._ask(self._listen())

    def cut(self) -> None:
        """Reset what is open now."""
        self._ask(self._reset_all())

    def mend(self) -> None:
        """Take every fault back."""
        self._silent = self._swallow = False
        for way in (self.upward, self.downward):
            way.delay, way.bytes_a_second, way.left = 0.0, None, None

    # -- in the loop -------------------------------------------------------------------------

    def _ask(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)  # type: ignore[arg-type]

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._reset_all()

    async def _reset_all(self) -> None:
        for pair in list(self._open):
            for writer in pair:
                writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            there, back = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = (writer, back)
        self._open.add(pair)

        def reset() -> None:
            writer.transport.abort()
            back.close()  # what went up before the cut has arrived

        ways = [
            asyncio.ensure_future(self._carry(reader, back, self.upward, reset)),
            asyncio.ensure_future(self._carry(there, writer, self.downward, reset)),
        ]
        self._tasks.update(ways)
        try:
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            self._open.discard(pair)
            self._tasks.difference_update(ways)
            for end in pair:
                end.close()

    async def _carry(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        way: Direction,
        reset: Callable[[], None],
    ) -> None:
        # What is read waits in a queue with its time of arrival, so a delay costs no throughput.
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(256)
        sender = asyncio.ensure_future(self._send(queue, sink, way, reset))
        with suppress(OSError, asyncio.CancelledError):
            while data := await source.read(CHUNK):
                await queue.put((self._loop.time() + way.delay, data))
        await queue.put((self._loop.time() + way.delay, b""))
        with suppress(asyncio.CancelledError):
            await sender

    async def _send(
        self,
        queue: asyncio.Queue[tuple[float, bytes]],
        sink: asyncio.StreamWriter,
        way: Direction,
        reset: Callable[[], None],
    ) -> None:
        with suppress(OSError):
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                while self._silent:
                    await asyncio.sleep(0.01)
                if not data:
                    sink.write_eof()
                    return
                if self._swallow and way is self.downward:
                    self._swallow = False
                    reset()
                    return
                if way.left is not None:
                    data, way.left = data[: way.left], way.left - len(data)
                way.carried += len(data)
                sink.write(data)
                await sink.drain()
                if way.left is not None and way.left <= 0:
                    way.left = None
                    reset()
                    return
                if way.bytes_a_second:
                    await asyncio.sleep(len(data) / way.bytes_a_second)


@contextmanager
def bad_line(target: tuple[str, int]) -> Generator[BadLine]:
    """A line that begins well."""
    line = BadLine(target)
    line.start()
    try:
        yield line
    finally:
        line.stop()
