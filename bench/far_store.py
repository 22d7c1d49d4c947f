"""A store that is far away: what stands before a local one and lets everything arrive later.

Only the way is longer, not narrower: bytes follow each other without a pause, as on a line that
has room. A connection takes one journey there and back before its first byte goes.
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop, Queue, StreamReader, StreamWriter
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Self

_PIECE = 256 * 1024


class FarStore:
    """Passes on to the server at `port` of loopback; `journey` is there and back, in seconds."""

    def __init__(self, port: int, journey: float) -> None:
        self._port = port
        self._journey = journey

    def __enter__(self) -> Self:
        self._loop: AbstractEventLoop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()
        begun = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(begun, self._loop).result()
        self.endpoint_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        connections = asyncio.all_tasks() - {asyncio.current_task()}
        for one in connections:
            one.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _serve(self, client: StreamReader, answers: StreamWriter) -> None:
        server, asked = await asyncio.open_connection("127.0.0.1", self._port)
        to, back = self._carry(client, asked, self._journey), self._carry(server, answers, 0)
        with suppress(asyncio.CancelledError):  # the end, which asyncio would call an error
            await asyncio.gather(to, back)

    async def _carry(self, reader: StreamReader, writer: StreamWriter, first: float) -> None:
        """One direction, half a journey late; its `first` piece so many seconds more."""
        pieces: Queue[tuple[float, bytes]] = Queue()
        after = asyncio.ensure_future(self._let_arrive(pieces, writer))
        late = first + self._journey / 2
        now = asyncio.get_running_loop().time
        began = now()
        while True:
            piece = await reader.read(_PIECE)
            due = max(now() + self._journey / 2, began + late)
            pieces.put_nowait((due, piece))
            if not piece:
                break
        await after

    async def _let_arrive(self, pieces: Queue[tuple[float, bytes]], writer: StreamWriter) -> None:
        while True:
            due, piece = await pieces.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            if not piece:
                writer.close()
                return
            writer.write(piece)
            await writer.drain()
