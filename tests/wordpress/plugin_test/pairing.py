"""Pairing codes good and bad, the settings page as a browser sees it, and a site that is a copy."""
import base64
import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request

from .check import check, equal
from .signing import SECRET
from .site import pairing_code

GOOD = {"url": "https://portal.example/hooks/cn_1", "secret": SECRET, "connection": "cn_1"}


def run(site):
    site.pair()
    codes(site)
    settings_page(site)
    copies(site)
    site.rest("POST", "/unpair", login="admin")
    equal("a site that is not paired cannot be tested", 409, site.rest("POST", "/test", login="admin")[0])
    equal("and no secret opens it", 401, site.rest("GET", "/status", secret=SECRET)[0])


def codes(site):
    short, long = (base64.b64encode(bytes(count)).decode() for count in (23, 65))
    for what, change in {
        "http to the world": {"url": "http://portal.example/hooks/cn_1"}, "http to a public address": {"url": "http://8.8.8.8/hooks"},
        "another scheme": {"url": "file:///etc/passwd"}, "gopher": {"url": "gopher://127.0.0.1:6379/x"}, "no scheme": {"url": "portal.example/hooks"},
        "a user name in the address": {"url": "https://a:b@portal.example/hooks"}, "a fragment": {"url": "https://portal.example/hooks#x"},
        "a line break": {"url": "https://portal.example/hooks\r\nX: y"}, "an empty address": {"url": ""}, "an address that is a number": {"url": 1},
        "a short secret": {"secret": f"whsec_{short}"}, "a long secret": {"secret": f"whsec_{long}"}, "a secret without its prefix": {"secret": SECRET[6:]},
        "a secret that is no base64": {"secret": "whsec_%%%%"}, "no secret": {"secret": None}, "a strange connection": {"connection": "cn_<script>"},
        "no connection": {"connection": None},
    }.items():
        fields = {**GOOD, **change}
        status, answer = site.rest("POST", "/pair", body={"code": "portal-pair:" + base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()}, login="admin")
        equal(f"{what} is refused, and the field named", (400, next(iter(change))), (status, answer.get("data", {}).get("field")))
    for what, code in {"nothing": "", "another text": "hello", "a code cut off": pairing_code(**GOOD)[:-9], "no JSON": "portal-pair:AAAA", "a list": "portal-pair:W10", "a long text": "portal-pair:" + "A" * 9000}.items():
        equal(f"{what} is refused", 400, site.rest("POST", "/pair", body={"code": code}, login="admin")[0])
    equal("and the pairing that was there stands", "cn_test", site.rest("GET", "/status", login="admin")[1]["connection"])
    for address in ("https://portal.example/hooks/cn_1", "http://localhost:3000/hooks", "http://10.1.2.3:81/hooks", "http://[::1]:3000/hooks", "http://portal.local/h"):
        status, answer = site.rest("POST", "/pair", body={**GOOD, "url": address}, login="admin")
        equal(f"{address} is taken", 200, status)
    wrapped = "\n ".join(re.findall(".{1,60}", pairing_code(**GOOD)))
    equal("a code that the mail broke into lines is taken", 200, site.rest("POST", "/pair", body={"code": f" {wrapped} \n"}, login="admin")[0])


class Browser:
    def __init__(self, site, login, password):
        self.site = site
        self.open_url = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())).open
        self.get("/wp-login.php")
        self.post("/wp-login.php", {"log": login, "pwd": password, "testcookie": "1"})

    def get(self, path):
        return self.ask(path, None)

    def post(self, path, fields):
        return self.ask(path, urllib.parse.urlencode(fields).encode())

    def ask(self, path, data):
        try:
            with self.open_url(self.site.url + path, data, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def press(self, page, action, **fields):
        form = next(form for form in re.findall(r"<form.*?</form>", page, re.S) if f"portal_connector_{action}\"" in form)
        hidden = dict(re.findall(r'<input type="hidden"[^>]*name="([^"]+)" value="([^"]*)"', form))
        return self.post("/wp-admin/admin-post.php", {**hidden, **fields})


def settings_page(site):
    site.rest("POST", "/unpair", login="admin")
    facts, path = site.facts, "/wp-admin/options-general.php?page=portal-connector"
    admin = Browser(site, "admin", facts["WP_ADMIN_LOGIN_PASSWORD"])
    status, page = admin.get(path)
    check("the page asks for one field", status == 200 and page.count('name="code"') == 1, page[:500])
    _, page = admin.press(page, "pair", code="hello")
    check("a wrong code is explained", "This is no pairing code" in page, page)
    site.receiver.forget()
    _, page = admin.press(page, "pair", code=pairing_code(site.receiver.url, SECRET, "cn_test"))
    check("one paste connects", "Connected." in page and "cn_test" in page and "127.0.0.1" in page, page)
    check("the secret is not on the page", SECRET not in page and SECRET[6:] not in page)
    site.send()
    equal("the test arrives", ["test"], [change["type"] for change in site.receiver.changes()][-1:])
    _, page = admin.press(page, "test")
    site.send()
    equal("and another by the button", 2, [change["type"] for change in site.receiver.changes()].count("test"))
    site.sql("REPLACE INTO wp_portal_state VALUES ('last_error', '<script>alert(1)</script>')")
    _, page = admin.get(path)
    check("what Portal said is shown as text", "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page)
    for action in ("pair", "unpair", "test", "moved"):
        status, _ = admin.post("/wp-admin/admin-post.php", {"action": f"portal_connector_{action}", "_wpnonce": "0123456789"})
        equal(f"{action} without the page's nonce", 403, status)
    editor = Browser(site, "editor", facts["WP_EDITOR_LOGIN_PASSWORD"])
    equal("an editor has no such page", 403, editor.get(path)[0])
    check("nor its notices", "Portal Connector" not in editor.get("/wp-admin/index.php")[1])
    _, page = admin.get(path)
    _, page = admin.press(page, "unpair")
    check("Disconnect disconnects", "Disconnected." in page and 'name="code"' in page)
    equal("and forgets the secret", "0", site.value("SELECT COUNT(*) FROM wp_options WHERE option_value LIKE '%whsec_%'"))


def copies(site):
    site.pair()
    site.receiver.forget()
    site.php("$p = get_option('portal_connector_pairing'); $p['home'] = 'www.example.org'; update_option('portal_connector_pairing', $p); update_post_meta(1, 'copy', wp_rand());")
    site.send()
    equal("a site with another address than when it was paired sends nothing", [], site.receiver.deliveries)
    answer = site.rest("GET", "/status", login="admin")[1]
    check("and says why", answer["moved"] and "www.example.org" in answer["last_error"], answer)
    admin = Browser(site, "admin", site.facts["WP_ADMIN_LOGIN_PASSWORD"])
    check("on every screen", "address of this site changed" in admin.get("/wp-admin/index.php")[1])
    _, page = admin.get("/wp-admin/options-general.php?page=portal-connector")
    admin.press(page, "moved")
    site.send()
    equal("until it is confirmed that it moved", 1, len(site.receiver.changes()))
