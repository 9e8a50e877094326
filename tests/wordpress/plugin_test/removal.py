"""Off pauses, on again says so, and uninstalling leaves nothing."""
from .check import check, equal
from .site import MAIN_FILE

LOAD = "require_once ABSPATH . 'wp-admin/includes/plugin.php'; require_once ABSPATH . 'wp-admin/includes/file.php'; "


def run(site):
    site.pair()
    mark = site.mark()
    site.php(LOAD + f"deactivate_plugins('{MAIN_FILE}');")
    site.php("update_post_meta(1, 'unseen', wp_rand());")
    equal("while it is off, nothing is recorded", [], site.rows(mark))
    check("and nothing is scheduled", not [event for event in site.inventory()["cron"] if "portal" in event])
    equal("the pairing is kept", "1", site.value("SELECT COUNT(*) FROM wp_options WHERE option_name = 'portal_connector_pairing'"))
    site.activate()
    equal("on again, it tells that something may have been missed", [("recording_started", "site", 0)], site.rows(mark))

    site.php("update_post_meta(1, 'last', wp_rand());")
    site.rest("GET", "/status", login="admin")
    site.php(LOAD + f"deactivate_plugins('{MAIN_FILE}'); uninstall_plugin('{MAIN_FILE}');")
    if site.action_scheduler:
        left = site.value("SELECT COUNT(*) FROM wp_actionscheduler_actions WHERE hook LIKE 'portal%' AND status = 'pending'")
        equal("no action is left to Action Scheduler", "0", left)
    after = site.inventory()
    for kind in ("tables", "options", "metas", "cron"):
        ours = [name for name in after[kind] if "portal" in name]
        equal(f"uninstalling leaves no {kind} of ours", [], ours)
    if not site.action_scheduler:
        equal("the tables are those of before", site.before["tables"], after["tables"])
    # WordPress's own, which logging in and the like make.
    cores = ("uninstall_plugins", "recently_activated", "category_children", "genre_children", "sticky_posts", "_site_", "cron", "auto_core",
             "action_scheduler", "schema-Action", "ActionScheduler", "auth_", "logged_in_", "nonce_", "secure_auth_", "recovery_", "https_detection", "wp_")
    known = lambda name: name.startswith(cores) and "portal" not in name
    added = [name for name in set(after["options"]) - set(site.before["options"]) if not known(name)]
    equal("no option more than before", [], added)
    status, _ = site.core("POST", "/posts", {"title": "After", "status": "publish"})
    equal("and the site goes on", 201, status)
