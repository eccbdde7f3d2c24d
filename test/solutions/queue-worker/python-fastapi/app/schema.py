import asyncio
import sys

from .database import Database, DatabaseUnavailable

# One statement for all, and a lock for whoever starts at the same time.
EXTEND = """
DO $$
BEGIN
  PERFORM pg_advisory_xact_lock(20260103);
  IF NOT EXISTS (SELECT FROM information_schema.columns
                 WHERE table_name = 'jobs' AND column_name = 'idempotency_key') THEN
    ALTER TABLE jobs
      ADD COLUMN idempotency_key text UNIQUE,
      ADD COLUMN request_hash text,
      ADD COLUMN earlier_attempts integer NOT NULL DEFAULT 0;
    -- What the workers ask for several times a second.
    CREATE INDEX jobs_to_begin ON jobs (priority, created_at, id) WHERE status = 'queued';
  END IF;
END $$
"""


async def extend_schema(database: Database) -> None:
    """Adds what this app needs besides the tables of the lab, as soon as Postgres is there."""
    while True:
        try:
            await database.rows(EXTEND)
            return
        except DatabaseUnavailable as error:
            print(f"schema: {error}", file=sys.stderr)
            await asyncio.sleep(0.5)
