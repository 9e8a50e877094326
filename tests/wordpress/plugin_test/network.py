"""A network of two sites: each records for itself, and a user's change is told to the sites of that user."""
from .check import check, equal
from .site import MAIN_FILE, Site

MAKE_NETWORK = """define('WP_INSTALLING_NETWORK', true);
require_once ABSPATH . 'wp-admin/includes/upgrade.php'; require_once ABSPATH . 'wp-admin/includes/network.php';
global $wpdb; foreach ($wpdb->tables('ms_global') as $name => $table) { $wpdb->$name = $table; }
install_network(); $made = populate_network(1, getenv('SITE_HOST'), 'admin@example.org', 'Net', '/', false);
echo is_wp_error($made) && $made->get_error_code() !== 'no_wildcard_dns' ? $made->get_error_message() : 'ok';"""
CONFIG = """define('MULTISITE', true); define('SUBDOMAIN_INSTALL', false); define('DOMAIN_CURRENT_SITE', $_SERVER['HTTP_HOST']);
define('PATH_CURRENT_SITE', '/'); define('SITE_ID_CURRENT_SITE', 1); define('BLOG_ID_CURRENT_SITE', 1);
"""


def run(single):
    site = Site(single.version)
    try:
        site.up(with_plugin=False)
        equal("the network is made", "ok", site.php(MAKE_NETWORK).splitlines()[-1])
        config = site.www / "wp-config.php"
        config.write_text(config.read_text().replace("if (!defined('ABSPATH'))", CONFIG + "if (!defined('ABSPATH'))"))
        site.install(network=True)
        two_sites(site)
        check("PHP logged nothing", site.php_log() == "", site.php_log())
    finally:
        site.down(False)


def rows(site, blog, mark=0):
    table = "wp_portal_outbox" if blog == 1 else f"wp_{blog}_portal_outbox"
    return [tuple(row) for row in site.sql(f"SELECT type, resource, object_id, blog_id FROM {table} WHERE row_id > {mark} AND resource <> 'site' ORDER BY row_id")]


def two_sites(site):
    blog = int(site.php("$id = wp_insert_site(['domain' => getenv('SITE_HOST'), 'path' => '/two/', 'user_id' => 1, 'title' => 'Two']); echo is_wp_error($id) ? $id->get_error_message() : $id;"))
    site.sql("DELETE FROM wp_portal_outbox")
    post = int(site.php(f"switch_to_blog({blog}); $id = wp_insert_post(['post_title' => 'Two', 'post_status' => 'publish']); restore_current_blog(); echo $id;"))
    check("a post of the second site is in its outbox", ("created", "posts", str(post), str(blog)) in rows(site, blog), rows(site, blog))
    equal("and not in that of the first", [], rows(site, 1))

    def marks():
        return [int(site.value(f"SELECT COALESCE(MAX(row_id), 0) FROM {table}")) for table in ("wp_portal_outbox", f"wp_{blog}_portal_outbox")]

    many = int(site.php(f"""for ($i = 0; $i < 60; $i++) {{ foreach ([1, {blog}] as $b) {{ switch_to_blog($b); wp_insert_post(['post_title' => "M $i"]); restore_current_blog(); }} }} echo 60;"""))
    equal("many, in turns, are where they belong", (many, many + 1), (len(rows(site, 1)), len([row for row in rows(site, blog) if row[1] == "posts"])))
    user = site.php("echo wp_insert_user(['user_login' => 'both', 'user_pass' => 'x', 'user_email' => 'both@example.org']);")
    site.php(f"add_user_to_blog({blog}, {user}, 'editor');")
    first, second = marks()
    site.php(f"wp_update_user(['ID' => {user}, 'display_name' => 'Both']);")
    wanted = lambda kind, number: [(kind, "users", user, str(number))]
    equal("a user's change is told to both sites", (wanted("updated", 1), wanted("updated", blog)), (rows(site, 1, first), rows(site, blog, second)))
    first, second = marks()
    site.php(f"remove_user_from_blog({user}, {blog});")
    equal("who leaves a site is gone there", "deleted", rows(site, blog, second)[-1][0])
    check("and nowhere else", "deleted" not in [row[0] for row in rows(site, 1, first)], rows(site, 1, first))
    first, _ = marks()
    site.php(f"require_once ABSPATH . 'wp-admin/includes/ms.php'; wpmu_delete_user({user});")
    equal("who is deleted is gone", "deleted", rows(site, 1, first)[-1][0])
    third = int(site.php("$id = wp_insert_site(['domain' => getenv('SITE_HOST'), 'path' => '/three/', 'user_id' => 1, 'title' => 'Three']); switch_to_blog($id); PortalConnector\\Tables::ensure(); restore_current_blog(); echo $id;"))
    site.php(f"require_once ABSPATH . 'wp-admin/includes/ms.php'; wp_delete_site({third});")
    equal("a site that is deleted takes its tables along", [], site.sql(f"SHOW TABLES LIKE 'wp\\_{third}\\_portal%'"))
    site.php(f"require_once ABSPATH . 'wp-admin/includes/plugin.php'; require_once ABSPATH . 'wp-admin/includes/file.php'; deactivate_plugins('{MAIN_FILE}', false, true); uninstall_plugin('{MAIN_FILE}');")
    equal("uninstalling leaves no table on any site", [], site.sql("SHOW TABLES LIKE '%portal%'"))
    left = site.sql(f"SELECT option_name FROM wp_options WHERE option_name LIKE 'portal%' OR option_value LIKE '%portal_connector%' UNION SELECT option_name FROM wp_{blog}_options WHERE option_name LIKE 'portal%' OR option_value LIKE '%portal_connector%'")
    equal("nor an option, nor an event", [], left)
