<?php
/*
 * Fills a site by bulk SQL: WordPress's own insert functions take minutes for what this does in seconds. How many of
 * what is in SEED_…; the same SEED_NUMBER gives the same content. What is awkward about the rows is decided by their
 * number, and comes early in each series, so that twenty rows already hold nearly every kind of trouble.
 */

require getenv('SITE_ROOT') . '/wp-load.php';
foreach (['rows', 'words', 'dates', 'users', 'terms', 'media', 'posts', 'pages', 'comments'] as $part) {
    require dirname(__DIR__) . "/seed/$part.php";
}

function wanted(string $what): int
{
    return (int) getenv("SEED_$what");
}

mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
mt_srand(wanted('NUMBER'));
Rows::$db = $GLOBALS['wpdb']->dbh;
Rows::sql('START TRANSACTION');

$authors = seed_users(wanted('USERS'));
$terms = seed_terms(wanted('TERMS'));
$media = seed_media(wanted('MEDIA'), $authors);
seed_pages(wanted('PAGES'), $authors, $media);
$posts = seed_posts(wanted('POSTS'), $authors, $terms, $media);
seed_books(intdiv(wanted('POSTS') + 19, 20), $authors);
seed_comments(wanted('COMMENTS'), $posts);

Rows::sql('COMMIT');
Rows::sql('ANALYZE TABLE wp_posts, wp_postmeta, wp_users, wp_usermeta, wp_comments, wp_term_relationships');
wp_cache_flush();
