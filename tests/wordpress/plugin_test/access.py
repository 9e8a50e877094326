"""Who gets in, and what the routes answer."""
import time
import urllib.parse

from .check import check, equal
from .signing import OTHER_SECRET, SECRET, request_headers
from .site import call

READ = ["/status", "/outbox", "/tombstones", "/changes"]
WRITE = ["/drain", "/test", "/unpair"]


def run(site):
    site.pair()
    refused(site)
    signed(site)
    drain(site)
    status(site)
    bounds(site)


def refused(site):
    for route in READ + WRITE + ["/pair"]:
        method = "GET" if route in READ else "POST"
        equal(f"{route}: nobody", 401, site.rest(method, route)[0])
        equal(f"{route}: an editor", 403, site.rest(method, route, login="editor")[0])
        equal(f"{route}: another secret", 401, site.rest(method, route, secret=OTHER_SECRET)[0])
    equal("no secret can pair, not even the right one", 401, site.rest("POST", "/pair", body={"url": "https://evil.example/hooks/cn_x"}, secret=SECRET)[0])
    equal("a wrong signature is refused for an administrator too", 401, site.rest("GET", "/status", login="admin", secret=OTHER_SECRET)[0])
    equal("and the pairing stands", "cn_test", site.rest("GET", "/status", secret=SECRET)[1]["connection"])


def signed(site):
    def code(*arguments, **named):
        status, answer = site.rest(*arguments, **named)
        return status, answer.get("code")

    for route in READ:
        equal(f"{route}: signed", 200, site.rest("GET", route, secret=SECRET)[0])
    equal("signed, with parameters", 200, site.rest("GET", "/outbox", {"after": 0, "limit": 5}, secret=SECRET)[0])
    equal("signed, with a parameter that needs encoding", 200, site.rest("GET", "/changes", {"resource": "a b+c/~é&=%"}, secret=SECRET)[0])
    equal("signed, with a body", 200, site.rest("POST", "/drain", body={"limit": 1}, secret=SECRET)[0])
    for seconds in (-301 - 5, 301 + 5):
        equal(f"a timestamp {seconds} s off", (401, "portal_timestamp_stale"), code("GET", "/status", secret=SECRET, sign={"timestamp": time.time().__int__() + seconds}))
    for seconds in (-290, 290):
        equal(f"a timestamp {seconds} s off is near enough", 200, site.rest("GET", "/status", secret=SECRET, sign={"timestamp": int(time.time()) + seconds})[0])
    sign = {"nonce": "a-nonce-that-is-used-twice"}
    equal("a nonce", 200, site.rest("GET", "/status", secret=SECRET, sign=sign)[0])
    equal("the same nonce", (401, "portal_nonce_used"), code("GET", "/status", secret=SECRET, sign=sign))
    equal("the same nonce elsewhere", (401, "portal_nonce_used"), code("GET", "/outbox", secret=SECRET, sign=sign))
    for nonce in ("short", "x" * 65, "sp ace sp ace sp ace", "ünicode-nonce-ünicode"):
        header = {"X-Portal-Nonce": nonce.encode().decode("latin-1")}
        equal(f"the nonce {nonce[:12]}", (401, "portal_signature_incomplete"), code("GET", "/status", secret=SECRET, headers=header))
    equal("a timestamp that is no number", (401, "portal_signature_incomplete"), code("GET", "/status", secret=SECRET, headers={"X-Portal-Timestamp": "1e9"}))

    base, parameters = site.rest_url + "portal/v1/outbox", {"after": 1, "limit": 2}
    separator = "&" if "?" in base else "?"
    fits = lambda: request_headers(SECRET, "GET", "/portal/v1/outbox", parameters)
    ask = lambda query, headers: call("GET", base + separator + query, None, headers)[0]
    equal("the order of parameters does not count", 200, ask("limit=2&after=1", fits()))
    equal("a parameter changed", 401, ask("after=1&limit=3", fits()))
    equal("a parameter added", 401, ask("after=1&limit=2&x=1", fits()))
    equal("a parameter removed", 401, ask("after=1", fits()))
    equal("another route", 401, call("GET", site.rest_url + "portal/v1/tombstones" + separator + urllib.parse.urlencode(parameters), None, fits())[0])
    for name, wrong in [("X-Portal-Signature", lambda v: v[:-2] + ("A=" if v[-2] != "A" else "B=")), ("X-Portal-Signature", lambda v: "v1a," + v[3:]),
                        ("X-Portal-Signature", lambda v: v[3:]), ("X-Portal-Signature", lambda v: v + " " + v), ("X-Portal-Nonce", lambda v: v[::-1]),
                        ("X-Portal-Timestamp", lambda v: str(int(v) + 1))]:
        headers = fits()
        headers[name] = wrong(headers[name])
        equal(f"{name} changed", 401, ask("after=1&limit=2", headers))
    post = request_headers(SECRET, "POST", "/portal/v1/drain", {}, b'{"after": 0}') | {"Content-Type": "application/json"}
    equal("a body changed", 401, call("POST", site.rest_url + "portal/v1/drain", b'{"after": 1}', post)[0])
    override = request_headers(SECRET, "GET", "/portal/v1/status", {}) | {"X-HTTP-Method-Override": "POST"}
    equal("a method overridden", True, call("GET", site.rest_url + "portal/v1/unpair", None, override)[0] in (401, 404))
    equal("nothing of this was remembered for ever", "1", site.php(
        "global $wpdb; $t = PortalConnector\\Tables::state(); $wpdb->query(\"UPDATE $t SET value = '5' WHERE name LIKE 'nonce:%'\"); PortalConnector\\Signed_Request::forget_old_nonces(); echo $wpdb->get_var(\"SELECT COUNT(*) = 0 FROM $t WHERE name LIKE 'nonce:%'\");"))


def drain(site):
    """Cron is dead: Portal pulls, and what it has pulled is not sent again."""
    site.receiver.forget()
    site.send()
    site.receiver.forget()
    acknowledged = int(site.state("acknowledged"))
    site.php("for ($i = 0; $i < 25; $i++) wp_insert_post(['post_title' => 'D', 'post_status' => 'publish']);")
    got, after = [], None
    for _ in range(10):
        body = {"limit": 10} if after is None else {"limit": 10, "after": after}
        status, answer = site.rest("POST", "/drain", body=body, secret=SECRET)
        if status != 200 or not answer["changes"]:
            break
        got += [change["outbox_id"] for change in answer["changes"]]
        after = answer["last"]
    equal("with cron dead, drain brings all, in order", list(range(acknowledged + 1, acknowledged + 26)), got)
    equal("and marks it as taken", acknowledged + 25, int(site.state("acknowledged")))
    site.send()
    equal("so that it is not sent", [], site.receiver.deliveries)
    answer = site.rest("POST", "/drain", body={"after": acknowledged}, secret=SECRET)[1]
    equal("a smaller number takes nothing back", (acknowledged + 25, []), (answer["acknowledged"], answer["changes"]))
    equal("a number never given", 409, site.rest("POST", "/drain", body={"after": 10**9}, secret=SECRET)[0])
    answer = site.rest("GET", "/outbox", {"after": acknowledged, "limit": 500}, secret=SECRET)[1]
    equal("what was taken can be read again", 25, len(answer["changes"]))
    site.sql(f"UPDATE wp_portal_outbox SET modified_gmt = '2020-01-01 00:00:00' WHERE outbox_id <= {acknowledged + 10}")
    site.php("PortalConnector\\Retention::apply();")
    answer = site.rest("GET", "/outbox", {"after": acknowledged, "limit": 500}, secret=SECRET)[1]
    equal("until it is too old, and then the answer says what is missing", (acknowledged + 11, acknowledged + 10), (answer["first"], answer["lost_up_to"]))


def status(site):
    site.php("PortalConnector\\Schedule::soon();")
    site.cron()
    answer = site.rest("GET", "/status", secret=SECRET)[1]
    equal("the status", {"paired": True, "connection": "cn_test", "backlog": 0, "stopped": None, "last_error": None, "cron_alive": True,
                         "scheduler": "action-scheduler" if site.action_scheduler else "wp-cron", "site": site.url, "moved": False},
          {name: answer.get(name) for name in ("paired", "connection", "backlog", "stopped", "last_error", "cron_alive", "scheduler", "site", "moved")})
    check("the age of the last event", 0 <= answer["seconds_since_last_event"] < 600, answer)
    check("the secret is not in it", "whsec_" not in str(answer) and SECRET[6:] not in str(answer), answer)
    site.sql("UPDATE wp_portal_state SET value = '1000' WHERE name = 'cron_ran'")
    equal("a dead cron is told", False, site.rest("GET", "/status", secret=SECRET)[1]["cron_alive"])
    root = call("GET", site.rest_url, None, {})[1]
    check("the API's root names us", "portal/v1" in root["namespaces"])


def bounds(site):
    for route, parameters in [("/outbox", {"after": -1}), ("/outbox", {"after": "x"}), ("/outbox", {"limit": 0}), ("/outbox", {"limit": 501}),
                              ("/changes", {"resource": "x" * 65}), ("/changes", {"cursor": "1' OR '1'='1"}), ("/changes", {"cursor": "2026-01-01"})]:
        status, answer = site.rest("GET", route, parameters, login="admin")
        equal(f"{route} {parameters}", 400, status)
