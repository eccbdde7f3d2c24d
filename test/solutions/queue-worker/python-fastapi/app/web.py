import asyncio
import os
import signal
from contextlib import contextmanager

import uvicorn

from .main import app
from .settings import PORT


class Server(uvicorn.Server):
    """Leaves the signals to us: uvicorn would end by them once it has stopped, and not with code 0."""

    def install_signal_handlers(self) -> None:
        pass

    @contextmanager
    def capture_signals(self):
        yield


async def main() -> None:
    server = Server(uvicorn.Config(app, host="0.0.0.0", port=PORT, log_level="warning", access_log=False))
    loop = asyncio.get_running_loop()

    def stop() -> None:
        server.should_exit = True
        # Whoever has not sent the rest of a request by then will not.
        loop.call_later(4, os._exit, 0)

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)
    await server.serve()


asyncio.run(main())
os._exit(0)
