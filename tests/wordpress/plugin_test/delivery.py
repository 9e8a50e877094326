"""Sending: signed, in order, in bounds, repeated, never twice at once, and never in the editor's time."""
import concurrent.futures
import json
import time

from .check import check, equal
from .signing import OTHER_SECRET, SECRET, message

NEW_POST = "wp_insert_post(['post_title' => 'T', 'post_status' => 'publish']);"


def run(site):
    status, answer = site.pair()
    equal("an administrator's application password pairs the site", (200, True, "cn_test"), (status, answer.get("paired"), answer.get("connection")))
    equal("what came before the pairing is not sent", int(site.state("last_id")), answer.get("after"))
    first(site)
    batches(site)
    nobody_waits(site)
    failures(site)
    told(site)
    stops(site)
    down_and_up(site)
    once_at_a_time(site)
    dies_while_sending(site)
    rotation(site)


def fresh(site):
    """Everything sent, nothing remembered by the receiver."""
    site.receiver.forget()
    site.sql("DELETE FROM wp_portal_state WHERE name IN ('stopped', 'next_attempt', 'attempts', 'last_error')")
    site.send()
    equal("everything is sent", "0", site.php("echo PortalConnector\\Outbox::backlog();"))
    site.receiver.forget()


def first(site):
    mark = site.mark()
    last_id = int(site.state("last_id"))
    status, post = site.core("POST", "/posts", {"title": "First", "status": "publish"})
    equal("the request itself calls nobody", [], site.receiver.deliveries)
    site.cron()
    equal("cron delivers, once", 1, len(site.receiver.deliveries))
    delivery = site.receiver.deliveries[0]
    check("signed by the rules of Standard Webhooks", delivery["verified"], delivery)
    check("with the time of the attempt", abs(int(delivery["timestamp"]) - time.time()) < 30, delivery["timestamp"])
    body = json.loads(delivery["body"])
    change = body["data"]["changes"][0]
    equal("the envelope", ("wp.changes", {"type", "timestamp", "data"}), (body["type"], set(body)))
    equal("what the data holds", {"site", "epoch", "first", "last", "changes"}, set(body["data"]))
    equal("whose it is", site.url, body["data"]["site"])
    equal("the id names outbox and range", f"msg_{body['data']['epoch']}_{last_id + 1}_{last_id + 1}", delivery["id"])
    equal("the change", (last_id + 1, "created", "posts", post["id"], 1), tuple(change[name] for name in ("outbox_id", "type", "resource", "id", "actor_id")))
    equal("and nothing but these", {"outbox_id", "type", "resource", "id", "modified_gmt", "blog_id", "actor_id"}, set(change))
    equal("one row was written", 1, len(site.rows(mark)))
    equal("it is marked as taken", last_id + 1, int(site.state("acknowledged")))
    site.cron()
    equal("and is not sent again", 1, len(site.receiver.deliveries))
    if not site.action_scheduler:
        site.php(NEW_POST)
        site.php("foreach (['send', 'minute'] as $n) { wp_clear_scheduled_hook(\"portal_connector_$n\"); } wp_schedule_event(time() - 1, 'portal_connector_minute', 'portal_connector_minute');")
        site.cron()
        equal("the event of every minute sends, too", 2, len(site.receiver.deliveries))


def batches(site):
    fresh(site)
    site.php(f"for ($i = 0; $i < 250; $i++) {NEW_POST}")
    site.send()
    sizes = [len(json.loads(delivery["body"])["data"]["changes"]) for delivery in site.receiver.deliveries]
    equal("250 changes go", 250, sum(sizes))
    check("in batches of at most 100", max(sizes) <= 100 and len(sizes) >= 3, sizes)
    check("of less than 20 kB", max(len(delivery["body"]) for delivery in site.receiver.deliveries) < 20000)
    in_order(site)


def in_order(site):
    ids = [change["outbox_id"] for change in site.receiver.changes()]
    equal("in order and without a gap", list(range(ids[0], ids[0] + len(ids))) if ids else None, ids)
    check("all signatures are right", all(delivery["verified"] for delivery in site.receiver.deliveries))


def nobody_waits(site):
    fresh(site)
    site.receiver.hang = 8.0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        site.php(NEW_POST)
        sending = pool.submit(site.send)
        deadline = time.monotonic() + 10
        while not site.receiver.deliveries and time.monotonic() < deadline:
            time.sleep(0.02)
        mark, began = site.mark(), time.monotonic()
        made = list(pool.map(lambda n: site.core("POST", "/posts", {"title": f"Busy {n}", "status": "publish"}), range(8)))
        took = time.monotonic() - began
        equal("eight requests while the receiver hangs", [201] * 8, [status for status, _ in made])
        equal("wrote eight rows", 8, len(site.rows(mark)))
        check("and were done before the receiver was", not sending.done() and took < 7, f"{took:.1f} s")
        equal("and made no call", 1, len(site.receiver.deliveries))
        site.receiver.hang = 0.0
        sending.result()
    equal("the one who sent went on with them afterwards", 9, len(site.receiver.changes()))


def failures(site):
    for what, status, headers, least, most in [
        ("500", 500, {}, 5, 6), ("a redirect", 302, {"Location": "http://127.0.0.1:9/"}, 5, 6), ("304", 304, {}, 5, 6),
        ("429", 429, {}, 60, 61), ("503 with Retry-After in seconds", 503, {"Retry-After": "120"}, 120, 121),
        ("Retry-After as a date", 503, {"Retry-After": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 900))}, 880, 901),
        ("Retry-After that is nonsense", 500, {"Retry-After": "soon"}, 5, 6),
    ]:
        fresh(site)
        site.receiver.answers = [(status, headers)]
        site.php(NEW_POST)
        site.send()
        wait = int(site.state("next_attempt")) - time.time()
        check(f"after {what} it waits {least} to {most} s", least - 3 <= wait <= most + 1, wait)
        scheduled = site.php(next_event(site))
        check(f"after {what} cron knows when", abs(int(scheduled) - int(site.state("next_attempt"))) < 3, scheduled)
        site.send()
        equal(f"after {what} it does not come too early", 1, len(site.receiver.deliveries))
        site.php(NEW_POST)  # what comes meanwhile must not change the batch under way
        time.sleep(1.05 if status == 500 else 0)
        site.forget_waiting()
        site.send()
        one, two = site.receiver.deliveries[:2]
        equal(f"after {what} the id and the bytes are the same", (one["id"], one["body"]), (two["id"], two["body"]))
        check(f"after {what} the second attempt is signed for its own time", two["verified"] and (status != 500 or two["timestamp"] != one["timestamp"]))
        equal(f"after {what} all comes in order", 2, len(site.receiver.changes()))
        equal(f"after {what} the error is forgotten", (None, None), (site.state("last_error"), site.state("attempts")))


def told(site):
    """What a receiver answers is kept, whatever it is, and never harms."""
    for what, text, wanted in [("long text", "é".encode() * 5000, "Portal answered 500: " + "é" * 200), ("no text", b"\xff\xfe\x00", "Portal answered 500:"),
                               ("HTML", b"<h1>Oops</h1><script>x</script>", "Portal answered 500: Oops"), ("nothing", b"", "Portal answered 500:")]:
        fresh(site)
        site.receiver.answers, site.receiver.text = [(500, {})], text
        site.php(NEW_POST)
        site.send()
        equal(f"an answer of {what} is told", wanted, (site.state("last_error") or "").strip())


def next_event(site):
    if site.action_scheduler:
        return "$n = as_next_scheduled_action('portal_connector_send', [], 'portal-connector'); echo $n === true ? time() : (int) $n;"
    return "echo (int) wp_next_scheduled('portal_connector_send');"


def stops(site):
    fresh(site)
    site.receiver.answers = [(410, {})]
    site.php(NEW_POST)
    site.send()
    equal("410 stops the sender", "gone", site.state("stopped"))
    site.send()
    equal("for good", 1, len(site.receiver.deliveries))
    mark = site.mark()
    site.php(NEW_POST)
    equal("but recording goes on", 1, len(site.rows(mark)))
    equal("the state says so", "gone", site.rest("GET", "/status", login="admin")[1]["stopped"])
    site.pair()
    site.send()
    equal("pairing again goes on where it stopped", 2, len(site.receiver.changes()))
    fresh(site)
    site.receiver.answers = [(500, {})] * 10
    site.php(NEW_POST)
    for _ in range(10):
        site.forget_waiting()
        site.send()
    equal("ten attempts, then it gives up", (10, "exhausted"), (len(site.receiver.deliveries), site.state("stopped")))
    equal("one id for all of them", 1, len({delivery["id"] for delivery in site.receiver.deliveries}))
    equal("a test sent by hand begins anew", 200, site.rest("POST", "/test", login="admin")[0])
    site.send()
    equal("and brings what waited, and the test", ["created", "test"], [change["type"] for change in site.receiver.changes()])


def down_and_up(site):
    fresh(site)
    site.receiver.stop()
    last = int(site.state("last_id"))
    for _ in range(3):
        site.php(f"for ($i = 0; $i < 40; $i++) {NEW_POST}")
        site.forget_waiting()
        site.send()
    equal("nothing came while the receiver was down", 0, len(site.receiver.deliveries))
    check("the error is told", "onnect" in (site.state("last_error") or ""), site.state("last_error"))
    site.receiver.start()
    site.forget_waiting()
    site.send()
    equal("nothing is lost", list(range(last + 1, last + 121)), [change["outbox_id"] for change in site.receiver.changes()])


def once_at_a_time(site):
    fresh(site)
    site.php(f"for ($i = 0; $i < 150; $i++) {NEW_POST}")
    site.receiver.hang = 1.0
    runs = [site.start_php("PortalConnector\\Sender::run();") for _ in range(4)]
    for process in runs:
        check("a run beside another ends quietly", process.communicate()[0].strip() == "" and process.returncode == 0)
    site.receiver.hang = 0.0
    ids = [delivery["id"] for delivery in site.receiver.deliveries]
    equal("four runs at once send each batch once", len(set(ids)), len(ids))
    spans = sorted((delivery["began"], delivery["ended"]) for delivery in site.receiver.deliveries)
    check("and never two at once", all(before[1] <= after[0] for before, after in zip(spans, spans[1:])), spans)
    in_order(site)


def dies_while_sending(site):
    fresh(site)
    site.php(NEW_POST)
    site.receiver.hang = 3.0
    process = site.start_php("file_put_contents('" + str(site.place / "pid") + "', getmypid()); PortalConnector\\Sender::run();")
    deadline = time.monotonic() + 10
    while not site.receiver.deliveries and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    process.stdout.close()
    site.receiver.hang = 0.0
    before = len(site.receiver.deliveries)
    site.send()
    equal("while the dead one's lease lasts, nobody sends", before, len(site.receiver.deliveries))
    lease = int(site.state("lease").split(" ")[0]) - time.time()
    check("and it lasts no longer than a minute", lease <= 61, lease)
    site.sql("UPDATE wp_portal_state SET value = CONCAT('1 ', SUBSTRING_INDEX(value, ' ', -1)) WHERE name = 'lease'")
    site.send()
    equal("then the same batch goes again, under the same id", 1, len({delivery["id"] for delivery in site.receiver.deliveries}))
    equal("and is taken", 2, len(site.receiver.deliveries))


def rotation(site):
    fresh(site)
    site.pair(secret=OTHER_SECRET)
    site.php(NEW_POST)
    site.send()
    delivery = site.receiver.deliveries[0]
    equal("for a day, both secrets sign, the new one first",
          [message(secret, delivery["id"], delivery["timestamp"], delivery["body"]) for secret in (OTHER_SECRET, SECRET)], delivery["items"])
    site.php("$p = get_option('portal_connector_pairing'); $p['old_secret_until'] = time() - 1; update_option('portal_connector_pairing', $p);")
    site.receiver.forget()
    site.php(NEW_POST)
    site.send()
    delivery = site.receiver.deliveries[0]
    equal("then only the new one", [message(OTHER_SECRET, delivery["id"], delivery["timestamp"], delivery["body"])], delivery["items"])
    equal("and the old one opens nothing", 401, site.rest("GET", "/status", secret=SECRET)[0])
    site.pair(secret=SECRET)
