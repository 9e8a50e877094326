"""The feed and the tombstones: a reader who only asks finds everything."""
import time

from .check import check, equal


def run(site):
    everything(site)
    from_the_present(site)
    follows(site)
    tombstones(site)


def walk(site, cursor="", resource="", limit=500, pages_max=1000):
    seen = []
    for _ in range(pages_max):
        status, page = site.rest("GET", "/changes", {"cursor": cursor, "resource": resource, "limit": limit}, login="admin")
        assert status == 200, page
        seen += [(change["resource"], change["id"]) for change in page["changes"]]
        cursor = page["cursor"]
        if not page["more"]:
            return seen, cursor
    raise AssertionError("the feed does not end")


def everything(site):
    wanted = {int(row[0]) for row in site.sql("SELECT ID FROM wp_posts WHERE post_type = 'post' AND post_status <> 'auto-draft' AND post_modified_gmt <= UTC_TIMESTAMP()")}
    seen, _ = walk(site, resource="posts", limit=29)
    equal("from the beginning, the feed has every post, also those older than the plugin", wanted, {thing for _, thing in seen} & wanted)
    check("and only posts", {resource for resource, _ in seen} == {"posts"})
    site.sql("UPDATE wp_posts SET post_modified_gmt = '2025-05-05 05:05:05' WHERE post_type = 'post'")
    seen, _ = walk(site, resource="posts", limit=31)
    equal("also when all have the same second", wanted, {thing for _, thing in seen} & wanted)


def from_the_present(site):
    status, page = site.rest("GET", "/changes", {"cursor": "now", "resource": "posts"}, login="admin")
    equal("the present is a place without changes", (200, [], False), (status, page["changes"], page["more"]))
    cursor = page["cursor"]
    site.php("update_post_meta(1, 'feed', wp_rand());")
    status, page = site.rest("GET", "/changes", {"cursor": cursor, "resource": "posts"}, login="admin")
    noted = [change for change in page["changes"] if "outbox_id" in change]
    equal("what a hook notes from then on has its number", [1], [change["id"] for change in noted])
    site.php("global $wpdb; $wpdb->query(\"UPDATE $wpdb->posts SET post_modified_gmt = UTC_TIMESTAMP() - INTERVAL 3 SECOND WHERE ID = 1\");")
    _, cursor = walk(site)
    site.php("global $wpdb; $wpdb->query(\"UPDATE $wpdb->posts SET post_modified_gmt = UTC_TIMESTAMP() - INTERVAL 2 SECOND WHERE ID = 1\");")
    status, page = site.rest("GET", "/changes", {"cursor": cursor}, login="admin")
    check("a post's own row has none", all("outbox_id" not in change for change in page["changes"]), str(page["changes"]))


def follows(site):
    _, cursor = walk(site)

    def case(what, code, *wanted):
        nonlocal cursor
        site.php(code)
        seen, cursor = walk(site, cursor)
        equal(f"{what} is in the feed", set(wanted), set(seen))

    case("nothing new", "")
    case("a field of a post, whose date stays", "update_post_meta(1, 'feed', wp_rand());", ("posts", 1))
    case("the same field again", "update_post_meta(1, 'feed', wp_rand());", ("posts", 1))
    case("a post's terms", "wp_set_post_terms(1, ['feed' . wp_rand()]); global $wpdb; $wpdb->query(\"DELETE FROM {$wpdb->prefix}portal_outbox WHERE resource = 'tags'\");", ("posts", 1))
    case("a user", "update_user_meta(1, 'feed', wp_rand());", ("users", 1))
    case("a term", "wp_update_term(1, 'category', ['description' => 'd' . wp_rand()]);", ("categories", 1))
    case("a comment", "update_comment_meta(1, 'feed', wp_rand());", ("comments", 1))
    wait_until_past(site, cursor, seconds=3)
    site.php("global $wpdb; $wpdb->query(\"UPDATE $wpdb->posts SET post_title = 'By SQL', post_modified_gmt = UTC_TIMESTAMP() - INTERVAL 3 SECOND WHERE ID = 1\");")
    seen, cursor = walk(site, cursor)
    equal("what was written past WordPress, with its date", [("posts", 1)], seen)
    site.php("global $wpdb; $wpdb->query(\"UPDATE $wpdb->posts SET post_modified_gmt = '2099-01-01 00:00:00' WHERE ID = 1\"); update_post_meta(2, 'feed', wp_rand());")
    seen, cursor = walk(site, cursor)
    equal("a date in the future does not carry the cursor away", [("pages", 2)], seen)
    case("and what comes after", "update_post_meta(2, 'feed', wp_rand());", ("pages", 2))


def wait_until_past(site, cursor, seconds):
    """Until a date `seconds` ago lies behind the cursor, so that a row written with it is news also on a fast machine."""
    place = cursor.split("_")[0]
    while int(site.value(f"SELECT TIMESTAMPDIFF(SECOND, '{place}', UTC_TIMESTAMP())")) <= seconds:
        time.sleep(0.2)


def tombstones(site):
    last = int(site.php("PortalConnector\\Sequence::assign(); echo PortalConnector\\State::number('last_id');"))
    post = int(site.php("$id = wp_insert_post(['post_title' => 'Dies', 'post_status' => 'publish']); PortalConnector\\Recorder::finish(); wp_delete_post($id, true); echo $id;"))
    term = int(site.php("$id = wp_insert_term('Dies', 'category')['term_id']; PortalConnector\\Recorder::finish(); wp_delete_term($id, 'category'); echo $id;"))
    site.php("wp_trash_post(wp_insert_post(['post_title' => 'Lives', 'post_status' => 'publish']));")
    answer = site.rest("GET", "/tombstones", {"after": last}, login="admin")[1]
    equal("what is gone for good, and only that", [("posts", post), ("categories", term)], [(stone["resource"], stone["id"]) for stone in answer["tombstones"]])
    page = site.rest("GET", "/tombstones", {"after": last, "limit": 1}, login="admin")[1]
    rest = site.rest("GET", "/tombstones", {"after": page["after"], "limit": 1}, login="admin")[1]
    equal("page by page", [post, term], [stone["id"] for stone in page["tombstones"] + rest["tombstones"]])
    back = f"wp_insert_post(['import_id' => {post}, 'post_title' => 'Back', 'post_status' => 'publish']);"
    site.php(back)
    answer = site.rest("GET", "/tombstones", {"after": last}, login="admin")[1]
    equal("what came back has none", [term], [stone["id"] for stone in answer["tombstones"]])
    for age, wanted in ((179, 1), (181, 0)):
        site.sql(f"UPDATE wp_portal_latest SET modified_gmt = UTC_TIMESTAMP() - INTERVAL {age} DAY WHERE type = 'deleted'")
        site.php("PortalConnector\\Retention::apply();")
        answer = site.rest("GET", "/tombstones", {"after": last}, login="admin")[1]
        equal(f"after {age} days", wanted, len(answer["tombstones"]))
