import os
import uuid

import redis

store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


def create_note(text):
    note = {"id": str(uuid.uuid4()), "text": text}
    store.set(f"note:{note['id']}", text)
    return note


def find_note(note_id):
    """None where there is none."""
    text = store.get(f"note:{note_id}")
    return None if text is None else {"id": note_id, "text": text}
