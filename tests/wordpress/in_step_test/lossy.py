"""A way to Portal on which deliveries get lost: the plugin hears that they were taken, and they never arrive. Which ones
is the same in every run."""
import base64
import http.server
import json
import random
import threading
import urllib.error
import urllib.request


class LossyWay:
    def __init__(self, target, share, seed):
        self.target, self.share, self.chance = target, share, random.Random(seed)
        self.dropped, self.passed = 0, 0
        way = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = way.take(body, self.headers)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/hooks"

    def take(self, body, headers):
        if self.chance.random() < self.share:
            self.dropped += 1
            return 202, b"{}"
        self.passed += 1
        kept = {name: value for name, value in headers.items() if name.lower().startswith(("webhook-", "content-type"))}
        request = urllib.request.Request(self.target, data=body, method="POST", headers=kept)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def fields_of(code):
    """What a pairing code holds."""
    text = code.removeprefix("portal-pair:")
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def code_with(code, **other):
    fields = json.dumps(fields_of(code) | other)
    return "portal-pair:" + base64.urlsafe_b64encode(fields.encode()).decode().rstrip("=")
