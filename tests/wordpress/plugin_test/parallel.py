"""Numbers without gaps, in the order in which changes became visible, whatever runs at once and whatever is undone."""
import concurrent.futures
import time

from .check import check, equal


def run(site):
    numbered(site)
    at_once(site)
    rolled_back(site)
    late_commit(site)
    killed(site)


def numbered(site):
    site.php("PortalConnector\\Sequence::assign();")


def ids_after(site, after):
    return [int(row[0]) for row in site.sql(f"SELECT outbox_id FROM wp_portal_outbox WHERE outbox_id > {after} ORDER BY outbox_id")]


def at_once(site):
    numbered(site)
    after, mark = int(site.state("last_id")), site.mark()
    writers = [site.start_php(f"for ($i = 0; $i < 60; $i++) wp_insert_post(['post_title' => 'W{n} ' . $i, 'post_status' => 'publish']);") for n in range(4)]
    readers = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        while any(writer.poll() is None for writer in writers):
            answers = list(pool.map(lambda _: site.rest("GET", "/outbox", {"after": after, "limit": 500}, login="admin"), range(4)))
            readers += len(answers)
            for status, answer in answers:
                ids = [change["outbox_id"] for change in answer.get("changes", [])]
                if status != 200 or ids != list(range(after + 1, after + 1 + len(ids))):
                    check("a reader among writers sees no gap", False, (status, answer))
                    return
    for writer in writers:
        equal("a writer among readers succeeds", ("", 0), (writer.communicate()[0].strip(), writer.returncode))
    numbered(site)
    rows = site.rows(mark)
    # Some have a second row: they were read while WordPress was not done with them.
    equal("240 things by four writers are all there", 240, len({row[2] for row in rows}))
    check("with few rows more", len(rows) <= 240 + 4 * 20 * 2, len(rows))
    ids = ids_after(site, after)
    equal(f"have numbers without a gap, while {readers} readers asked", (len(rows), after + 1, after + len(rows)), (len(ids), ids[0], ids[-1]))


def rolled_back(site):
    numbered(site)
    after, mark = int(site.state("last_id")), site.mark()
    left = site.php("""global $wpdb;
        $wpdb->query('START TRANSACTION'); $gone = wp_insert_post(['post_title' => 'Undone', 'post_status' => 'publish']); $wpdb->query('ROLLBACK');
        $n = $wpdb->get_var("SELECT COUNT(*) FROM {$wpdb->prefix}portal_outbox WHERE resource = 'posts' AND object_id = $gone"); echo $n;
        $kept = wp_insert_post(['post_title' => 'Kept', 'post_status' => 'publish']);
        $wpdb->query('START TRANSACTION'); update_post_meta(1, 'a', wp_rand()); $wpdb->query('ROLLBACK'); wp_cache_flush();
        update_post_meta(1, 'b', wp_rand());""")
    numbered(site)
    rows = site.rows(mark)
    equal("what was rolled back left no row behind", "0", left)
    # At the end of the request, a row that is gone is written anew: a hint too many does no harm, and one too few would.
    check("what came after it is there", len(rows) in (2, 3) and rows[0][0] == "created", rows)
    check("what was changed after a rollback, in the same request, did", ("updated", "posts", 1) in rows, rows)
    equal("the table's own counter has gaps", True, int(site.value(f"SELECT MAX(row_id) - MIN(row_id) + 1 > COUNT(*) FROM wp_portal_outbox WHERE row_id > {mark} - 1")) == 1)
    equal("the numbers have none", list(range(after + 1, after + 1 + len(rows))), ids_after(site, after))


def late_commit(site):
    """The lower row commits last: a reader who has the higher one must still be given it. And sending does not wait."""
    numbered(site)
    after = int(site.state("last_id"))
    flag = site.place / "go"
    slow = site.start_php(f"""global $wpdb; $wpdb->query('START TRANSACTION');
        $id = wp_insert_post(['post_title' => 'Slow', 'post_type' => 'page']); touch('{flag}.begun');
        for ($i = 0; !file_exists('{flag}') && $i < 500; $i++) {{ usleep(20000); clearstatcache(); }} $wpdb->query('COMMIT'); echo $id;""")
    deadline = time.monotonic() + 10
    while not (site.place / "go.begun").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    fast = int(site.php("echo wp_insert_post(['post_title' => 'Fast', 'post_type' => 'page']);"))
    began = time.monotonic()
    seen = site.rest("GET", "/outbox", {"after": after}, login="admin")[1]["changes"]
    took = time.monotonic() - began
    equal("a reader sees what is committed", [(after + 1, fast)], [(change["outbox_id"], change["id"]) for change in seen])
    check("and does not wait for what is not", took < 3, f"{took:.1f} s")
    flag.touch()
    late = int(slow.communicate()[0].strip())
    seen = site.rest("GET", "/outbox", {"after": after + 1}, login="admin")[1]["changes"]
    equal("what commits later comes later", [(after + 2, late)], [(change["outbox_id"], change["id"]) for change in seen])


def killed(site):
    """The process dies in the middle of numbering: all of the batch, or nothing."""
    numbered(site)
    after = int(site.state("last_id"))
    site.php("for ($i = 0; $i < 30; $i++) wp_insert_post(['post_title' => 'K', 'post_status' => 'publish']);")
    site.start_php("""$n = 0; add_filter('query', function ($sql) use (&$n) {
        if (strpos($sql, 'SET outbox_id') && ++$n === 15) { posix_kill(getmypid(), 9); } return $sql; });
        PortalConnector\\Sequence::assign();""").wait()
    equal("after a death in the middle, no number is given", [], ids_after(site, after))
    site.start_php("""wp_insert_post(['post_title' => 'D', 'post_status' => 'publish']); posix_kill(getmypid(), 9);""").wait()
    numbered(site)
    equal("then all are; and a request killed at once has left its row", list(range(after + 1, after + 32)), ids_after(site, after))
