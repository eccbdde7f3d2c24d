import json
import os

import psycopg
import redis
from psycopg.rows import dict_row

cache = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)

LIFE_SECONDS = 60


def query(sql, *values):
    """The first row, or None."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row) as connection:
        return connection.execute(sql, values).fetchone()


def create_note(text):
    return query("INSERT INTO notes (text) VALUES (%s) RETURNING id::text, text", text)


def find_note(note_id):
    """None where there is none; an id that is no UUID is the id of none."""
    cached = cache.get(f"note:{note_id}")
    if cached is not None:
        return json.loads(cached)
    note = query("SELECT id::text, text FROM notes WHERE id::text = %s", note_id)
    if note is not None:
        cache.set(f"note:{note_id}", json.dumps(note), ex=LIFE_SECONDS)
    return note
