"""The product as a cluster, each role a process of its own, on a real NATS server, a real PostgreSQL, a stand-in that
speaks KurrentDB's protocol, and living models of WordPress sites. For tests/cluster/flows and tests/bench/cluster.

Needs the binary with the feature `cluster` (PORTAL_CLUSTER_BINARY), `cluster-servers` (CLUSTER_SERVERS), and the servers
that tests/servers installs.
"""
import base64, hashlib, hmac, json, os, re, signal, subprocess, time
import threading, urllib.error, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
BINARY = os.environ.get("PORTAL_CLUSTER_BINARY", os.path.join(TARGET, "debug", "portal-integrations-cluster"))
SERVERS = os.environ.get("CLUSTER_SERVERS", os.path.join(TARGET, "debug", "cluster-servers"))
PATIENCE = 120
tally = {"passed": 0, "failed": 0}


def check(what, holds, detail=""):
    tally["passed" if holds else "failed"] += 1
    if not holds:
        print(f"FAILED: {what} {detail}"[:2000], flush=True)
    return holds


def until(what, holds, patience=PATIENCE):
    """Waits for something that happens by itself. Being refused or cut off meanwhile is no answer yet."""
    deadline, last = time.time() + patience, None
    while time.time() < deadline:
        try:
            found = holds()
            if found:
                check(what, True)
                return found
            last = found
        except (OSError, ValueError, KeyError, StopIteration) as error:
            last = error
        time.sleep(0.2)
    check(what, False, f"not within {patience} s, {last!r}")
    return None


class Surroundings:
    """The servers, and the sites."""

    def __init__(self, users, posts, sites=1):
        self.process = subprocess.Popen([SERVERS, str(users), str(posts), str(sites)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.turn = threading.Lock()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the servers do not start; see above")
        self.places = json.loads(line)

    def do(self, *words):
        with self.turn:
            self.process.stdin.write(" ".join(words) + "\n")
            self.process.stdin.flush()
            if self.process.stdout.readline() != "ok\n":
                raise SystemExit(f"the servers could not do {words}")

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)


class Role:
    """A process of the product. It keeps its address over restarts, as behind a service's name."""

    def __init__(self, name, role, folder, places, *more):
        self.name, self.role, self.more = name, role, more
        self.log = os.path.join(folder, f"{name}.log")
        self.token_file = os.path.join(folder, f"{name}.token")
        self.address = "127.0.0.1:0"
        self.env = {
            **os.environ, "PORTAL_PROFILE": "cluster", "PORTAL_KEY_FILE": os.path.join(folder, "vault.key"),
            "PORTAL_CLUSTER_LOG_URL": places["log"], "PORTAL_CLUSTER_BUS_URL": places["bus"],
            "PORTAL_CLUSTER_BUS_SIZE": "256MiB", "PORTAL_CLUSTER_DATABASE_URL": places["database"],
            "PORTAL_CLUSTER_DATABASE_POOL": "5", "PORTAL_CLUSTER_LEASE_TIME": "3s", "PORTAL_CLUSTER_NAME": name,
            "PORTAL_EGRESS_ALLOW": "127.0.0.0/8", "PORTAL_METRICS_PUBLIC": "true", "PORTAL_MAX_CONNECTIONS_PER_IP": "500"}
        self.process = None

    def start(self, patience=60):
        """Starts it, again and again while a server that it needs is not back: as a supervisor does."""
        deadline = time.time() + patience
        while True:
            if self.try_start():
                return self
            if time.time() > deadline:
                raise SystemExit(f"{self.name} does not start: {open(self.log).read()[-2000:]}")
            time.sleep(0.3)

    def try_start(self):
        log = open(self.log, "a")
        self.process = subprocess.Popen([BINARY, self.role, "--listen", self.address, *self.more],
                                        stdout=subprocess.PIPE, stderr=log, text=True, env=self.env)
        for line in self.process.stdout:
            if found := re.search(r"listening on http://(\S+)", line):
                self.address = found[1]
                return True
        self.process.wait()
        return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def call(self, method, path, body=None, token=None, headers=None):
        """Status, and the answer."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **(headers or {})}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(f"http://{self.address}{path}", data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, parsed(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, parsed(error.read())


def signed(secret, name, body):
    """The headers of a delivery, as Standard Webhooks has them."""
    at = str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
    return {"webhook-id": name, "webhook-timestamp": at,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}


def parsed(data):
    try:
        return json.loads(data)
    except ValueError:
        return data.decode(errors="replace")


class Cluster:
    def __init__(self, folder, surroundings, projectors=2):
        self.folder, self.surroundings = folder, surroundings
        subprocess.run([BINARY, "keys", "create", "--key-file", os.path.join(folder, "vault.key")], check=True,
                       capture_output=True, env={**os.environ, "PORTAL_PROFILE": "embedded"})
        make = lambda name, role, *more: Role(name, role, folder, surroundings.places, *more)
        token_file = os.path.join(folder, "token")
        self.api = make("api", "command-api", "--print-token-file", token_file)
        self.ingest = make("ingest", "ingest")
        self.projectors = [make(f"projector-{n}", "projector") for n in range(1, projectors + 1)]
        self.relay = make("relay", "relay")
        self.roles = [self.api, self.ingest, *self.projectors, self.relay]
        for role in self.roles:
            role.start()
        self.token = open(token_file).read().strip()

    def ask(self, method, path, body=None):
        """An answer of success; what the network does meanwhile, and a view that is not there yet, is tried again."""
        deadline = time.time() + PATIENCE
        while True:
            try:
                status, answer = self.api.call(method, path, body, self.token)
                if status < 300:
                    return answer
                again = status in (401, 404, 409, 429) and method == "GET" or status >= 500
                problem = f"{method} {path}: {status} {answer}"
            except OSError as error:
                again, problem = True, f"{method} {path}: {error!r}"
            if not again or time.time() > deadline:
                raise SystemExit(problem[:1500])
            time.sleep(0.3)

    def all(self, path):
        found, cursor = [], None
        while True:
            page = self.ask("GET", f"{path}?limit=500" + (f"&cursor={cursor}" if cursor else ""))
            found += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return found

    def over(self, run):
        """A run that came to its end."""
        ended = ("succeeded", "partly-failed", "failed", "cancelled")
        return until(f"run {run} ends", lambda: next(
            found for found in [self.ask("GET", f"/api/v1/runs/{run}")] if found["phase"] in ended))

    def start_run(self, scenario):
        return self.ask("POST", f"/api/v1/scenarios/{scenario}/runs", {})["run"]

    def webhook_secret(self, connection):
        """Lets the site send webhooks in the Standard Webhooks form; what it signs with."""
        secret = "whsec_" + base64.b64encode(hashlib.sha256(b"of these tests").digest()).decode()
        self.ask("POST", f"/api/v1/connections/{connection}/webhooks",
                 {"mode": {"kind": "standard-webhooks"}, "secret": secret})
        return secret

    def deliver(self, connection, secret, number, post):
        """What the plugin sends when a post was saved, sent until it is taken: the receipt's status."""
        body = json.dumps({"type": "wp.changes", "timestamp": "2026-06-01T12:00:00Z", "data": {
            "site": self.surroundings.places["sites"][0], "epoch": "e1", "first": number, "last": number,
            "changes": [{"type": "updated", "resource": "posts", "id": post}]}}).encode()
        name = f"msg_e1_{number}"
        return until(f"delivery {number} is taken", lambda: self.ingest.call(
            "POST", f"/hooks/{connection}", body, headers=signed(secret, name, body))[0] in (200, 202))

    def kill(self):
        for role in self.roles:
            if role.process and role.process.poll() is None:
                role.kill()

    def logs(self):
        """The end of what each process said."""
        for role in self.roles:
            print(f"-- {role.name}\n" + open(role.log).read()[-1500:])

    def stop(self):
        for role in self.roles:
            check(f"{role.name} ends in order", role.stop() == 0, open(role.log).read()[-800:])


def connected(cluster, site):
    """A site is found, tested and connected."""
    added = cluster.ask("POST", "/api/v1/connections", {"app": "wordpress", "address": site, "auth": {
        "method": "app-password", "account": "portal", "secret": cluster.surroundings.places["password"]}})
    check("a site is connected", added["id"].startswith("cn_"), str(added))
    tested = cluster.ask("POST", f"/api/v1/connections/{added['id']}/test", {})
    stages = tested.get("stages", [])
    check("its test has stages, and none fails", stages and all(s["outcome"] != "failed" for s in stages if "outcome" in s),
          str(tested))
    until("it is in the list", lambda: any(item["id"] == added["id"] for item in cluster.all("/api/v1/connections")))
    return added["id"]


def scenario(cluster, connection, resource, entity):
    ready = [m for m in cluster.ask("GET", "/api/v1/ready-made-mappings")["items"] if m["resource"] == resource]
    made = cluster.ask("POST", "/api/v1/mappings", {key: ready[0][key] for key in (
        "name", "app", "resource", "entity", "definition")})
    graph = {"nodes": [
        {"id": "start", "name": "Start", "kind": "trigger", "on": "manual"},
        {"id": "fetch", "name": "Fetch", "kind": "fetch", "connection": connection, "resource": resource},
        {"id": "map", "name": "Map", "kind": "map", "mapping": {"id": made["id"]}},
        {"id": "write", "name": "Write", "kind": "write", "connection": "cn_portal", "entity": entity}],
        "edges": [{"from": "start", "to": "fetch"}, {"from": "fetch", "to": "map"}, {"from": "map", "to": "write"}]}
    until("the mapping is known", lambda: cluster.ask("GET", f"/api/v1/mappings/{made['id']}"))
    found = cluster.ask("POST", "/api/v1/scenarios", {"name": f"Import {resource}", "graph": graph})["id"]
    until("the scenario is known", lambda: cluster.ask("GET", f"/api/v1/scenarios/{found}"))
    cluster.ask("POST", f"/api/v1/scenarios/{found}/publish", {})
    return found, made["id"]
