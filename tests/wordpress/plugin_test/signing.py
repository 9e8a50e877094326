"""Standard Webhooks and the plugin's signed requests, written from their descriptions and not from the plugin."""
import base64
import hashlib
import hmac
import time
import urllib.parse
import uuid

SECRET = "whsec_" + base64.b64encode(b"portal-test-signing-key-0001").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"portal-test-signing-key-0002").decode()


def mac(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def message(secret: str, identity: str, timestamp: str, body: bytes) -> str:
    return mac(secret, f"{identity}.{timestamp}.".encode() + body)


def request_headers(secret, method, route, parameters, body=b"", timestamp=None, nonce=None):
    nonce = nonce or uuid.uuid4().hex
    timestamp = str(int(time.time()) if timestamp is None else timestamp)
    query = urllib.parse.urlencode(sorted(parameters.items()), quote_via=urllib.parse.quote, safe="~")
    target = route + (f"?{query}" if query else "")
    content = f"portal-request\n{nonce}\n{timestamp}\n{method}\n{target}\n".encode() + body
    return {"X-Portal-Nonce": nonce, "X-Portal-Timestamp": timestamp, "X-Portal-Signature": mac(secret, content)}
