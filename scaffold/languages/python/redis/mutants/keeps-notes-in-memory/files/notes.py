import uuid

notes = {}


def create_note(text):
    note = {"id": str(uuid.uuid4()), "text": text}
    notes[note["id"]] = note
    return note


def find_note(note_id):
    """None where there is none."""
    return notes.get(note_id)
