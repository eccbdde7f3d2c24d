import uvicorn

from . import settings
from .main import app

# TODO 10: on SIGTERM, finish the requests in flight and exit with code 0 within 5 seconds. uvicorn does most of it; see
# which code your version ends with.
uvicorn.run(app, host="0.0.0.0", port=settings.PORT, log_level="warning")
