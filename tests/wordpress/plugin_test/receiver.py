"""What Portal's webhook address is to the plugin: takes deliveries, verifies them, and misbehaves when told to."""
import http.server
import json
import threading
import time

from .signing import message


class Receiver:
    def __init__(self, secret):
        self.secret = secret
        self.deliveries = []  # dicts: id, timestamp, body, verified, answered, began, ended
        self.answers = []     # (status, headers) for the next ones; then 202
        self.hang = 0.0
        self.text = b""       # the body of answers that refuse
        self.lock = threading.Lock()
        self.port = 0
        self.server = None

    def start(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                receiver.take(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self):
        """The port is remembered: down, then up again at the same address."""
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hooks/cn_test"

    def take(self, request):
        began = time.monotonic()
        body = request.rfile.read(int(request.headers["Content-Length"]))
        identity, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        items = (request.headers["webhook-signature"] or "").split(" ")
        with self.lock:
            status, headers = self.answers.pop(0) if self.answers else (202, {})
            delivery = {"id": identity, "timestamp": timestamp, "body": body, "answered": status, "began": began,
                        "verified": message(self.secret, identity, timestamp, body) in items, "items": items,
                        "path": request.path, "headers": dict(request.headers)}
            self.deliveries.append(delivery)
        time.sleep(self.hang)
        delivery["ended"] = time.monotonic()
        try:
            request.send_response(status)
            for name, value in headers.items():
                request.send_header(name, value)
            request.end_headers()
            request.wfile.write(self.text if status >= 300 else b"")
        except OSError:
            pass  # it did not wait

    def taken(self):
        return [delivery for delivery in self.deliveries if 200 <= delivery["answered"] < 300]

    def changes(self):
        """All changes that were taken, in the order of their deliveries."""
        return [change for delivery in self.taken() for change in json.loads(delivery["body"])["data"]["changes"]]

    def forget(self):
        self.deliveries.clear()
        self.answers.clear()
        self.text = b""
        self.hang = 0.0
