import os

import psycopg
from psycopg.rows import dict_row


def query(sql, *values):
    """The first row, or None."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row) as connection:
        return connection.execute(sql, values).fetchone()


def create_note(text):
    return query("INSERT INTO notes (text) VALUES (%s) RETURNING id::text, text", text)


def find_note(note_id):
    """None where there is none; an id that is no UUID is the id of none."""
    return query("SELECT id::text, text FROM notes WHERE id::text = %s", note_id)
