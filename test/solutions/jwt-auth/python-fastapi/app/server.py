import asyncio
import os
import signal
import sys
from contextlib import contextmanager

import uvicorn

from .database import Database
from .main import create_app
from .settings import Settings, read_settings


class Server(uvicorn.Server):
    """Leaves the signals to us: uvicorn would end by them once it has stopped, and not with code 0."""

    def install_signal_handlers(self) -> None:
        pass

    @contextmanager
    def capture_signals(self):
        yield


async def main(settings: Settings) -> None:
    database = Database(settings.database_url)
    app = create_app(settings, database)
    server = Server(
        uvicorn.Config(app, host="0.0.0.0", port=settings.port, log_level="warning", access_log=False)
    )

    def stop() -> None:
        server.should_exit = True
        # Whoever has not sent the rest of a request by then will not.
        asyncio.get_running_loop().call_later(4, os._exit, 0)

    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop)
    await server.serve()
    await database.close()


if __name__ == "__main__":
    try:
        settings = read_settings()
    except ValueError as error:
        sys.exit(f"cannot start: {error}")
    asyncio.run(main(settings))
