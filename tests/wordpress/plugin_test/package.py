"""The zip is what the files make, the files are PHP, and the signatures are those of the public test vectors."""
import pathlib
import shutil
import subprocess
import tempfile

from .check import check, equal
from .signing import message
from .site import PLUGIN

VECTORS = [
    ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
     '{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ("whsec_cG9ydGFsLXRlc3Qtc2lnbmluZy1rZXktMDAwMQ==", "msg_portal_0001", "1767323045",
     '{"type":"wp.post.updated","timestamp":"2026-01-02T03:04:05Z","data":{"id":42,"title":"Zoë"}}',
     "v1,Apq2d5LspEb7UcK4wBA8Z9/zdcouzZNQHtdCo8wHoBM="),
]


def run(site):
    build = PLUGIN / "build"
    checked = subprocess.run([build, "--check"], capture_output=True, text=True)
    check("the committed zip is fresh", checked.returncode == 0, checked.stderr)
    with tempfile.TemporaryDirectory() as place:
        copy = pathlib.Path(place) / "plugin"
        shutil.copytree(PLUGIN, copy)
        subprocess.run([copy / "build"], check=True)
        equal("built elsewhere and at another time, the zip has the same bytes",
              (PLUGIN / "dist/portal-connector.zip").read_bytes(), (copy / "dist/portal-connector.zip").read_bytes())
        (copy / "uninstall.php").write_text("<?php\n// changed\n")
        stale = subprocess.run([copy / "build", "--check"], capture_output=True)
        equal("a stale zip is noticed", 1, stale.returncode)
    for file in sorted(PLUGIN.rglob("*.php")):
        done = subprocess.run(["php", "-l", file], capture_output=True, text=True)
        check(f"{file.name} is PHP", done.returncode == 0, done.stdout)
        text = file.read_text()
        check(f"{file.name} cannot be called directly", "|| exit;" in text, "no guard")
    for secret, identity, timestamp, body, wanted in VECTORS:
        equal("this test signs as the public vector does", wanted, message(secret, identity, timestamp, body.encode()))
        got = site.php(f"echo PortalConnector\\Signature::of_message(['{secret}'], '{identity}', {timestamp}, '{body}');")
        equal("the plugin signs as the public vector does", wanted, got)
    version = site.php("require_once ABSPATH . 'wp-admin/includes/plugin.php'; echo get_plugin_data("
                       "WP_PLUGIN_DIR . '/portal-connector/portal-connector.php', false, false)['Version'], ' ', PortalConnector\\VERSION;")
    tag = next(line.split(":")[1].strip() for line in (PLUGIN / "readme.txt").read_text().splitlines() if line.startswith("Stable tag"))
    equal("the version is the same in all three places", f"{tag} {tag}", version)
