"""Every kind of change leaves exactly the rows it should, and what is no change leaves none."""
from .check import check, equal


def run(site):
    def case(what, code, *wanted, only=None):
        """`code` sets $id where the wanted rows speak of `id`; `only` looks at one resource."""
        mark = site.mark()
        printed = site.php(code + "; echo $id ?? 0;")
        check(f"{what}: no error", printed.lstrip("-").isdigit(), printed)
        number = int(printed) if printed.lstrip("-").isdigit() else 0
        rows = [(kind, resource, thing if isinstance(thing, int) else number) for kind, resource, thing in wanted]
        equal(what, sorted(rows), sorted(row for row in site.rows(mark) if only in (None, row[1])))
        return number

    posts(site, case)
    parts(case)
    media(case)
    users(site, case)
    terms(case)
    comments(case)
    settings(case)
    by_rest(site)
    cheap(site)


def posts(site, case):
    post = case("a post is made", "$id = wp_insert_post(['post_title' => 'New', 'post_status' => 'publish'])", ("created", "posts", "id"))
    case("a post is edited, three times in one request", f"foreach ([1, 2, 3] as $n) wp_update_post(['ID' => {post}, 'post_title' => \"Title $n\"])", ("updated", "posts", post))
    case("a post is stuck", f"stick_post({post})", ("updated", "posts", post))
    case("a post is trashed", f"wp_trash_post({post})", ("trashed", "posts", post))
    case("a post is restored", f"wp_untrash_post({post})", ("restored", "posts", post))
    case("a post is trashed and restored in one request", f"wp_trash_post({post}); wp_untrash_post({post})", ("restored", "posts", post))
    case("a post is deleted for good", f"wp_delete_post({post}, true)", ("deleted", "posts", post))
    case("a page is made", "$id = wp_insert_post(['post_title' => 'P', 'post_type' => 'page'])", ("created", "pages", "id"))
    case("a type of another plugin, by its REST name", "$id = wp_insert_post(['post_title' => 'B', 'post_type' => 'book'])", ("created", "books", "id"))
    case("a type that REST hides, by its own", "$id = wp_insert_post(['post_title' => 'L', 'post_type' => 'ledger'])", ("created", "ledger", "id"))
    case("an auto-draft is no post", "wp_insert_post(['post_title' => 'A', 'post_status' => 'auto-draft'])")
    case("an auto-draft becomes one", "$id = wp_insert_post(['post_title' => 'A', 'post_status' => 'auto-draft']); wp_update_post(['ID' => $id, 'post_status' => 'draft'])", ("created", "posts", "id"))
    case("a revision is no post of its own", "$id = wp_insert_post(['post_title' => 'R', 'post_status' => 'publish']); wp_save_post_revision($id)", ("created", "posts", "id"))
    case("made and deleted in one request", "$id = wp_insert_post(['post_title' => 'Brief']); wp_delete_post($id, true)", ("deleted", "posts", "id"))

    later = case("a post is written for later", "$id = wp_insert_post(['post_title' => 'Due', 'post_status' => 'future', 'post_date_gmt' => gmdate('Y-m-d H:i:s', time() + 9999), 'post_date' => get_date_from_gmt(gmdate('Y-m-d H:i:s', time() + 9999))])", ("created", "posts", "id"))
    case("cron publishes it, which leaves its date alone", f"wp_publish_post({later})", ("updated", "posts", later))
    case("a back-dated import", "$id = wp_insert_post(['post_title' => 'Old', 'post_status' => 'publish', 'post_date' => '2009-01-02 03:04:05'])", ("created", "posts", "id"))
    parent = int(site.php("echo wp_insert_post(['post_title' => 'Parent', 'post_type' => 'page', 'post_status' => 'publish']);"))
    child = int(site.php(f"echo wp_insert_post(['post_title' => 'Child', 'post_type' => 'page', 'post_status' => 'publish', 'post_parent' => {parent}]);"))
    case("a parent is deleted: its child changes without a hook", f"wp_delete_post({parent}, true)", ("deleted", "pages", parent), ("updated", "pages", child))


def parts(case):
    case("a custom field is added", "add_post_meta(1, 'price', '1')", ("updated", "posts", 1))
    case("a custom field is changed", "update_post_meta(1, 'price', '2')", ("updated", "posts", 1))
    case("a custom field is set to what it is", "update_post_meta(1, 'price', '2')")
    case("a custom field is deleted", "delete_post_meta(1, 'price')", ("updated", "posts", 1))
    case("a field is deleted from all posts", "add_post_meta(1, 'x', 1); add_post_meta(2, 'x', 1); PortalConnector\\Recorder::finish(); delete_post_meta_by_key('x')",
         ("updated", "posts", 1), ("updated", "pages", 2), ("updated", "posts", 1), ("updated", "pages", 2))
    case("somebody looks at a post", "update_post_meta(1, '_edit_lock', time() . ':1'); update_post_meta(1, '_edit_last', 1)")
    case("a post gets a tag", "wp_set_post_tags(1, 'blue'); $id = get_term_by('name', 'blue', 'post_tag')->term_id", ("updated", "posts", 1), ("created", "tags", "id"))
    case("a post gets the tag that it has", "wp_set_post_tags(1, 'blue')")
    case("a post loses its tag", "wp_remove_object_terms(1, 'blue', 'post_tag')", ("updated", "posts", 1))


def media(case):
    medium = case("media are added", "$id = wp_insert_attachment(['post_title' => 'M', 'post_mime_type' => 'image/png'], 'm.png')", ("created", "media", "id"))
    case("media are edited", f"wp_update_post(['ID' => {medium}, 'post_title' => 'N'])", ("updated", "media", medium))
    case("an alternative text", f"update_post_meta({medium}, '_wp_attachment_image_alt', 'A')", ("updated", "media", medium))
    case("media are deleted", f"wp_delete_attachment({medium}, true)", ("deleted", "media", medium))


def users(site, case):
    load = "require_once ABSPATH . 'wp-admin/includes/user.php'; "
    user = case("a user is made, with a role", "$id = wp_insert_user(['user_login' => 'u1', 'user_pass' => 'x', 'user_email' => 'u1@example.org', 'role' => 'author'])", ("created", "users", "id"))
    case("a user is edited", f"wp_update_user(['ID' => {user}, 'display_name' => 'Uno'])", ("updated", "users", user))
    case("a user's role is changed", f"(new WP_User({user}))->set_role('editor')", ("updated", "users", user))
    case("a user gets a second role", f"(new WP_User({user}))->add_role('author')", ("updated", "users", user))
    case("a user loses a role", f"(new WP_User({user}))->remove_role('author')", ("updated", "users", user))
    case("a user gets a capability", f"(new WP_User({user}))->add_cap('fly')", ("updated", "users", user))
    case("a user's field is changed", f"update_user_meta({user}, 'phone', '1')", ("updated", "users", user))
    case("a user logs in", f"WP_Session_Tokens::get_instance({user})->create(time() + 99); update_user_meta({user}, 'wp_user-settings-time', time()); update_user_meta({user}, 'closedpostboxes_post', [])")
    post = int(site.php(f"echo wp_insert_post(['post_title' => 'By u1', 'post_status' => 'publish', 'post_author' => {user}]);"))
    case("a user is deleted, posts go to another: they change without a hook", load + f"wp_delete_user({user}, 1)", ("deleted", "users", user), ("updated", "posts", post))


def terms(case):
    term = case("a term is made", "$id = wp_insert_term('Red', 'category')['term_id']", ("created", "categories", "id"))
    case("a term is renamed", f"wp_update_term({term}, 'category', ['name' => 'Crimson'])", ("updated", "categories", term))
    case("a term's field", f"update_term_meta({term}, 'colour', 'c00')", ("updated", "categories", term))
    case("a term of another plugin's taxonomy", "$id = wp_insert_term('Novel', 'genre')['term_id']", ("created", "genres", "id"))
    child = case("a child", f"$id = wp_insert_term('Dark red', 'category', ['parent' => {term}])['term_id']", ("created", "categories", "id"))
    case("a term is deleted: its child moves up", f"wp_delete_term({term}, 'category')", ("deleted", "categories", term), ("updated", "categories", child))


def comments(case):
    comment = case("a comment is written", "$id = wp_insert_comment(['comment_post_ID' => 1, 'comment_content' => 'Hi', 'comment_approved' => 0])", ("created", "comments", "id"))
    case("a comment is edited", f"wp_update_comment(['comment_ID' => {comment}, 'comment_content' => 'Ho'])", ("updated", "comments", comment))
    case("a comment is approved", f"wp_set_comment_status({comment}, 'approve')", ("updated", "comments", comment))
    case("a comment is spam", f"wp_spam_comment({comment})", ("updated", "comments", comment))
    case("a comment is none", f"wp_unspam_comment({comment})", ("updated", "comments", comment))
    case("a comment's field", f"update_comment_meta({comment}, 'stars', 5)", ("updated", "comments", comment))
    case("a comment is trashed", f"wp_trash_comment({comment})", ("trashed", "comments", comment))
    case("a comment is restored", f"wp_untrash_comment({comment})", ("restored", "comments", comment))
    case("a comment is deleted", f"wp_delete_comment({comment}, true)", ("deleted", "comments", comment))
    case("a post is trashed with its comment", "$p = wp_insert_post(['post_title' => 'C', 'post_status' => 'publish']); wp_insert_comment(['comment_post_ID' => $p, 'comment_content' => 'x']); PortalConnector\\Recorder::finish(); $id = (int) get_comments(['post_id' => $p])[0]->comment_ID; wp_trash_post($p)",
         ("created", "comments", "id"), ("updated", "comments", "id"), only="comments")
    case("and restored with it", "$p = get_posts(['post_status' => 'trash', 'title' => 'C', 'fields' => 'ids', 'numberposts' => 1])[0]; $id = (int) get_comments(['post_id' => $p, 'status' => 'post-trashed'])[0]->comment_ID; wp_untrash_post($p)",
         ("updated", "comments", "id"), only="comments")


def settings(case):
    case("the time zone changes", "update_option('timezone_string', 'Asia/Tokyo')", ("time_zone_changed", "site", 0))
    case("the time zone changes back", "update_option('timezone_string', 'Europe/Berlin'); update_option('gmt_offset', '')", ("time_zone_changed", "site", 0))
    case("the address changes", "update_option('permalink_structure', '/%year%/%postname%/'); update_option('permalink_structure', '/%postname%/')", ("address_changed", "site", 0))
    case("an option of somebody else", "update_option('blogdescription', 'x' . wp_rand())")


def by_rest(site):
    mark = site.mark()
    status, post = site.core("POST", "/posts", {"title": "By REST", "status": "publish", "tags": [], "meta": {}})
    equal("a post by REST is one row", (201, [("created", "posts", post.get("id"))]), (status, site.rows(mark)))
    mark = site.mark()
    status, user = site.core("POST", "/users", {"username": "rest1", "email": "rest1@example.org", "password": "p", "roles": ["editor"]})
    equal("a user by REST, whose roles come after the first hook, is one row", (201, [("created", "users", user.get("id"))]), (status, site.rows(mark)))
    actor = site.value("SELECT CONCAT(actor_id, ' ', blog_id, ' ', TIMESTAMPDIFF(SECOND, modified_gmt, UTC_TIMESTAMP()) < 60) FROM wp_portal_outbox ORDER BY row_id DESC LIMIT 1")
    equal("who, which site and when", f"{site.facts['WP_ADMIN_ID']} 1 1", actor)
    mark = site.mark()
    # The number is given between the first hook and the roles: the row that was read may be too early.
    site.php("add_action('user_register', fn() => PortalConnector\\Sequence::assign(), 99); $id = wp_insert_user(['user_login' => 'u2', 'user_pass' => 'x', 'user_email' => 'u2@example.org', 'role' => 'author']); update_user_meta($id, 'late', 1);")
    rows = site.rows(mark)
    equal("a row that was read too early is followed by a second one", 2, len(rows))
    check("and the second one is of the same user", len(rows) == 2 and rows[0] == rows[1], rows)


def cheap(site):
    mark = site.mark()
    counted = site.php("""
        global $wpdb; $n = 0; $ours = 0;
        add_filter('query', function ($sql) use (&$n, &$ours) { $n++; $ours += strpos($sql, 'portal_') !== false; return $sql; });
        for ($i = 0; $i < 1000; $i++) { wp_insert_post(['post_title' => "Bulk $i", 'post_status' => 'publish']); }
        PortalConnector\\Recorder::finish();
        echo "$n $ours";""")
    queries, ours = map(int, counted.split())
    equal("1,000 posts in one request are 1,000 rows", 1000, len(set(site.rows(mark))))
    check("which took few of the queries", ours < 100 < queries / 100, f"{ours} of {queries}")
