import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from notes import create_note, find_note


class Server(ThreadingHTTPServer):
    # Of many clients that come together, none is turned away.
    request_queue_size = 128


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/healthz":
            return self.answer(200, {"status": "ok"})
        found = re.fullmatch(r"/notes/([^/?]+)", self.path)
        note = find_note(found[1]) if found else None
        if note is None:
            return self.problem(404, "Not Found")
        self.answer(200, note)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/notes":
            return self.problem(404, "Not Found")
        text = text_in(body)
        if text is None:
            return self.problem(400, 'A note is {"text": "…"}')
        self.answer(201, create_note(text))

    def answer(self, status, body, media_type="application/json"):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def problem(self, status, title):
        self.answer(status, {"title": title, "status": status}, "application/problem+json")

    def log_message(self, *_):
        pass


def text_in(body):
    """The text of a new note; None where the body is none."""
    try:
        text = json.loads(body)["text"]
    except (ValueError, KeyError, TypeError):
        return None
    return text if isinstance(text, str) and text != "" else None


Server(("0.0.0.0", int(os.environ.get("PORT", "3000"))), Handler).serve_forever()
