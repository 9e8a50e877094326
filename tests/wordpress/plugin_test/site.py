"""The real WordPress that the plugin runs in, and what tests do with it."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile

from .receiver import Receiver
from .signing import SECRET, request_headers

HERE = pathlib.Path(__file__).resolve().parent.parent
PLUGIN = HERE.parent.parent / "apps/wordpress/plugin"
MAIN_FILE = "portal-connector/portal-connector.php"


class Site:
    def __init__(self, version, action_scheduler=None):
        self.version, self.action_scheduler = version, action_scheduler
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="wp-plugin-"))
        self.dir = self.place / "site"
        self.receiver = Receiver(SECRET).start()
        self.code_number = 0

    def up(self, with_plugin=True):
        self.command("up", "--version", self.version, "--workers", "6", "--posts", "60", "--users", "5")
        self.facts = json.loads((self.dir / "site.json").read_text())
        self.url, self.rest_url = self.facts["WP_URL"], self.facts["WP_REST_URL"]
        self.www = self.dir / "www"
        self.before = self.inventory()
        if with_plugin:
            self.install()

    def install(self, network=False):
        with zipfile.ZipFile(PLUGIN / "dist/portal-connector.zip") as archive:
            archive.extractall(self.www / "wp-content/plugins")
        if self.action_scheduler:
            shutil.copytree(self.action_scheduler, self.www / "wp-content/plugins/action-scheduler", dirs_exist_ok=True)
            self.activate("action-scheduler/action-scheduler.php")
        self.activate(network=network)

    def activate(self, file=MAIN_FILE, network=False):
        done = self.php(f"require_once ABSPATH . 'wp-admin/includes/plugin.php'; $e = activate_plugin('{file}', '', {str(network).lower()}); echo is_wp_error($e) ? $e->get_error_message() : 'ok';")
        assert done == "ok", done

    def down(self, keep):
        self.receiver.stop()
        if keep:
            print(f"kept: {self.dir}")
            return
        self.command("down", "--remove")
        shutil.rmtree(self.place, ignore_errors=True)

    def command(self, name, *arguments):
        done = subprocess.run([HERE / "site", name, self.dir, *arguments], capture_output=True, text=True)
        assert done.returncode == 0, f"site {name}: {done.stderr}{done.stdout}"
        return done.stdout

    def sql(self, sql):
        return [line.split("\t") for line in self.command("sql", sql).splitlines()]

    def value(self, sql):
        return self.sql(sql)[0][0]

    def php_file(self, code):
        self.code_number += 1
        file = self.place / f"code-{self.code_number}.php"
        file.write_text("<?php\n" + code)
        return file

    def php(self, code):
        """Runs PHP inside WordPress as the administrator; what it prints."""
        return self.command("php", self.php_file(code)).strip()

    def start_php(self, code):
        return subprocess.Popen([HERE / "site", "php", self.dir, self.php_file(code)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def php_log(self):
        log = self.dir / "php.log"
        text = log.read_text() if log.exists() else ""
        # Old WordPress on new PHP speaks of itself, not of us.
        return "\n".join(line for line in text.splitlines() if "portal" in line.lower())

    def mark(self):
        return int(self.value("SELECT COALESCE(MAX(row_id), 0) FROM wp_portal_outbox"))

    def rows(self, mark):
        return [(row[0], row[1], int(row[2])) for row in self.sql(
            f"SELECT type, resource, object_id FROM wp_portal_outbox WHERE row_id > {mark} ORDER BY row_id")]

    def state(self, name):
        found = self.sql(f"SELECT value FROM wp_portal_state WHERE name = '{name}'")
        return found[0][0] if found and found[0] else None

    def inventory(self):
        """What the database holds that a plugin could leave behind."""
        tables = sorted(row[0] for row in self.sql("SHOW TABLES"))
        options = sorted(row[0] for row in self.sql("SELECT option_name FROM wp_options WHERE option_name NOT LIKE '%transient%'"))
        metas = sorted({row[0] for table in ("usermeta", "postmeta", "termmeta", "commentmeta") for row in self.sql(f"SELECT DISTINCT meta_key FROM wp_{table}")})
        cron = sorted(self.php("echo implode(' ', array_unique(array_merge(...array_values(array_map('array_keys', array_filter(_get_cron_array(), 'is_array'))) ?: [[]])));").split())
        return {"tables": tables, "options": options, "metas": metas, "cron": cron}

    def pair(self, url=None, secret=SECRET, connection="cn_test"):
        code = pairing_code(url or self.receiver.url, secret, connection)
        return self.rest("POST", "/pair", body={"code": code}, login="admin")

    def cron(self):
        """A visit of wp-cron.php, as of a site's visitor; the answer comes when the events are done."""
        with urllib.request.urlopen(f"{self.url}/wp-cron.php?doing_wp_cron", timeout=60) as answer:
            answer.read()

    def send(self):
        """The sender's event, without waiting for its time; as when cron runs it, it is no longer scheduled then."""
        self.php("wp_clear_scheduled_hook('portal_connector_send'); if (function_exists('as_unschedule_all_actions')) "
                 "as_unschedule_all_actions('portal_connector_send', [], 'portal-connector'); PortalConnector\\Sender::run();")

    def forget_waiting(self):
        self.sql("DELETE FROM wp_portal_state WHERE name = 'next_attempt'")

    def rest(self, method, route, parameters=None, body=None, login=None, secret=None, sign=None, headers=None):
        """Returns the status and the answer. `login` is a role's account, `secret` signs, `sign` changes how."""
        parameters = parameters or {}
        data = b"" if body is None else json.dumps(body).encode()
        all_headers = {"Content-Type": "application/json"} if body is not None else {}
        if login:
            password = self.facts["WP_APP_PASSWORD" if login == "admin" else f"WP_{login.upper()}_APP_PASSWORD"]
            all_headers["Authorization"] = "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()
        if secret:
            all_headers |= request_headers(secret, method, "/portal/v1" + route, parameters, data, **(sign or {}))
        url = self.rest_url + "portal/v1" + route
        if parameters:
            url += ("&" if "?" in url else "?") + urllib.parse.urlencode(parameters)
        return call(method, url, data if method == "POST" else None, all_headers | (headers or {}))

    def core(self, method, route, body=None):
        """WordPress's own REST API, as the administrator."""
        login = base64.b64encode(f"admin:{self.facts['WP_APP_PASSWORD']}".encode()).decode()
        data = None if body is None else json.dumps(body).encode()
        return call(method, self.rest_url + "wp/v2" + route, data, {"Content-Type": "application/json", "Authorization": "Basic " + login})


def call(method, url, data, headers):
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        text = error.read()
        try:
            return error.code, json.loads(text)
        except ValueError:
            return error.code, {"text": text[:500]}


def pairing_code(url, secret, connection):
    fields = json.dumps({"url": url, "secret": secret, "connection": connection})
    return "portal-pair:" + base64.urlsafe_b64encode(fields.encode()).decode().rstrip("=")
