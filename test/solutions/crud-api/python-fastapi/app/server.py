import asyncio
import os
import signal
import sys
from contextlib import contextmanager

import uvicorn

from .database import Database
from .main import create_app


class Server(uvicorn.Server):
    """Leaves the signals to us: uvicorn would end by them once it has stopped, and not with code 0."""

    def install_signal_handlers(self) -> None:
        pass

    @contextmanager
    def capture_signals(self):
        yield


async def main(database_url: str, port: int) -> None:
    database = Database(database_url)
    server = Server(
        uvicorn.Config(create_app(database), host="0.0.0.0", port=port, log_level="warning", access_log=False)
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
    if not os.environ.get("DATABASE_URL"):
        sys.exit("cannot start: DATABASE_URL is not set")
    asyncio.run(main(os.environ["DATABASE_URL"], int(os.environ.get("PORT", "3000"))))
