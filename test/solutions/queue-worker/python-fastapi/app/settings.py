import os
import socket

PORT = int(os.environ.get("PORT", 3000))
DATABASE_URL = os.environ["DATABASE_URL"]
PROCESS_NAME = os.environ.get("PROCESS_NAME", f"{socket.gethostname()}.{os.getpid()}")
MAX_ATTEMPTS = int(os.environ.get("MAX_ATTEMPTS", 5))
CONCURRENCY = int(os.environ.get("WORKER_CONCURRENCY", 5))

#: In seconds.
BACKOFF_BASE = int(os.environ.get("BACKOFF_BASE_MS", 1000)) / 1000
LEASE = int(os.environ.get("LEASE_MS", 30000)) / 1000
