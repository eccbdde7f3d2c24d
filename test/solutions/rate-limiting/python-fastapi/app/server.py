import uvicorn

from . import settings
from .main import app


class Server(uvicorn.Server):
    def handle_exit(self, _signal, _frame):
        # Newer versions would send themselves the signal once more, and end by it.
        self.should_exit = True


config = uvicorn.Config(
    app,
    host="0.0.0.0",
    port=settings.PORT,
    log_level="warning",
    # uvicorn would believe X-Forwarded-For from 127.0.0.1.
    proxy_headers=False,
    timeout_keep_alive=60,
)
Server(config).run()
