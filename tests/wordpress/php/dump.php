<?php
/*
 * Prints what the database holds, one JSON object a line, `kind` first. Nothing is filtered and nothing rendered: text
 * is what the column says, and dates are strings of the database, zero dates among them.
 *
 * Two things are as WordPress sees them and not as they are stored: `roles` are only those that the site still knows,
 * and `sticky`, `categories` and `tags` are read together from their tables.
 */

const KINDS = ['user', 'post', 'media', 'term', 'comment'];

mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$db = new mysqli('localhost', 'root', '', getenv('MYSQL_DATABASE'), 0, getenv('MYSQL_SOCKET'));
$db->set_charset('utf8mb4');
$db->options(MYSQLI_OPT_INT_AND_FLOAT_NATIVE, 1);
$db->query('SET SESSION group_concat_max_len = 1000000');

foreach (array_slice($argv, 1) ?: ['user', 'post'] as $kind) {
    in_array($kind, KINDS, true) || exit("no kind $kind; there are " . implode(', ', KINDS) . "\n");
    ("dump_$kind")($db);
}

function dump_user(mysqli $db): void
{
    $known_roles = array_keys(unserialize(option($db, 'wp_user_roles')));
    $meta = static fn($key, $as) => "(SELECT meta_value FROM wp_usermeta WHERE user_id = ID AND meta_key = '$key' LIMIT 1) AS $as";
    $rows = $db->query('SELECT ID, user_login AS login, user_email AS email, display_name, user_nicename AS nicename,'
        . ' user_url AS url, user_registered AS registered, ' . implode(', ', array_map($meta,
            ['first_name', 'last_name', 'nickname', 'description', 'locale', 'wp_capabilities'],
            ['first_name', 'last_name', 'nickname', 'description', 'locale', 'roles'])) . ' FROM wp_users ORDER BY ID');
    foreach ($rows as $row) {
        $held = array_keys(array_filter(unserialize($row['roles'] ?? 'a:0:{}')));
        $row['roles'] = array_values(array_intersect($held, $known_roles));
        line('user', $row);
    }
}

function dump_post(mysqli $db): void
{
    $sticky = unserialize(option($db, 'sticky_posts'));
    $terms = static fn($taxonomy, $as) => "(SELECT GROUP_CONCAT(t.term_id ORDER BY t.term_id) FROM wp_term_relationships r"
        . " JOIN wp_term_taxonomy t USING (term_taxonomy_id) WHERE r.object_id = ID AND t.taxonomy = '$taxonomy') AS $as";
    $rows = $db->query('SELECT ID, post_type, post_title, post_content, post_excerpt, post_status, post_name, post_author,'
        . ' post_date, post_date_gmt, post_modified, post_modified_gmt, post_parent, menu_order, comment_status,'
        . ' post_password, ' . $terms('category', 'categories') . ', ' . $terms('post_tag', 'tags') . ','
        . " (SELECT meta_value FROM wp_postmeta WHERE post_id = ID AND meta_key = '_thumbnail_id' LIMIT 1) AS featured_media"
        . " FROM wp_posts WHERE post_type IN ('post', 'page') ORDER BY ID", MYSQLI_USE_RESULT);
    foreach ($rows as $row) {
        foreach (['categories', 'tags'] as $list) {
            $row[$list] = $row[$list] === null ? [] : array_map('intval', explode(',', $row[$list]));
        }
        $row['featured_media'] = (int) $row['featured_media'];
        $row['sticky'] = in_array($row['ID'], $sticky, true);
        line('post', $row);
    }
}

function dump_media(mysqli $db): void
{
    $rows = $db->query("SELECT ID, post_title, post_excerpt, post_content, post_name, post_author, post_date_gmt,"
        . " post_modified_gmt, post_parent, post_mime_type, guid FROM wp_posts WHERE post_type = 'attachment' ORDER BY ID");
    foreach ($rows as $row) {
        line('media', $row);
    }
}

function dump_term(mysqli $db): void
{
    $rows = $db->query('SELECT term_id, taxonomy, name, slug, description, parent, count'
        . ' FROM wp_terms JOIN wp_term_taxonomy USING (term_id) ORDER BY term_id');
    foreach ($rows as $row) {
        line('term', $row);
    }
}

function dump_comment(mysqli $db): void
{
    $rows = $db->query('SELECT * FROM wp_comments ORDER BY comment_ID');
    foreach ($rows as $row) {
        line('comment', $row);
    }
}

function option(mysqli $db, string $name): string
{
    return $db->execute_query('SELECT option_value FROM wp_options WHERE option_name = ?', [$name])->fetch_row()[0] ?? 'a:0:{}';
}

function line(string $kind, array $row): void
{
    echo json_encode(['kind' => $kind] + $row, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR), "\n";
}
