"""A network that can be cut: connections are passed on until they are told to break, at a moment that is chosen."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Cut = Literal["mid-frame", "before the answer", "after the answer", "silence"]
CUTS: tuple[Cut, ...] = ("mid-frame", "before the answer", "after the answer", "silence")


@dataclass(eq=False)
class _Line:
    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    cut: Cut | None = None

    def abort(self) -> None:
        for side in (self.near, self.far):
            side.transport.abort()


@dataclass
class Proxy:
    """Passes connections on to a port of this machine. `cuts` counts what was cut, by how."""

    port: int
    lines: set[_Line] = field(default_factory=set)
    cuts: dict[Cut, int] = field(default_factory=lambda: dict.fromkeys(CUTS, 0))

    async def start(self) -> int:
        """Listen; give the port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        self.server = server
        return server.sockets[0].getsockname()[1]

    def cut(self, how: Cut, every: int) -> None:
        """Let every so many connection break, when its next message passes; `silence` loses all until it is closed."""
        for at, line in enumerate(sorted(self.lines, key=id)):
            if at % every == 0:
                line.cut = how

    async def _serve(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            answers, far = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        except OSError:
            near.transport.abort()
            return
        line = _Line(near, far)
        with self._known(line):
            await asyncio.gather(self._out(reader, line), self._back(answers, line))

    @contextlib.contextmanager
    def _known(self, line: _Line) -> Iterator[None]:
        self.lines.add(line)
        try:
            with contextlib.suppress(OSError):
                yield
        finally:
            self.lines.discard(line)
            line.abort()

    async def _out(self, reader: asyncio.StreamReader, line: _Line) -> None:
        while data := await reader.read(1 << 16):
            if line.cut == "silence":
                continue
            if line.cut == "mid-frame":
                line.far.write(data[: len(data) // 2])
                await line.far.drain()
                await asyncio.sleep(0.01)
                self._break(line)
            line.far.write(data)
            await line.far.drain()
        if line.cut == "silence":
            self.cuts["silence"] += 1
        line.abort()

    async def _back(self, reader: asyncio.StreamReader, line: _Line) -> None:
        while data := await reader.read(1 << 16):
            if line.cut == "before the answer":
                self._break(line)
            if line.cut == "silence":
                continue
            line.near.write(data)
            await line.near.drain()
            if line.cut == "after the answer":
                await asyncio.sleep(0.01)
                self._break(line)
        line.abort()

    def _break(self, line: _Line) -> None:
        if line.cut:
            self.cuts[line.cut] += 1
        line.abort()
        raise ConnectionAbortedError
