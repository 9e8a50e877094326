<?php

const POST_DEFAULTS = ['ID' => 0, 'post_author' => 0, 'post_date' => NO_DATE, 'post_date_gmt' => NO_DATE,
    'post_content' => '', 'post_title' => '', 'post_excerpt' => '', 'post_status' => 'publish',
    'comment_status' => 'open', 'ping_status' => 'open', 'post_password' => '', 'post_name' => '', 'to_ping' => '',
    'pinged' => '', 'post_modified' => NO_DATE, 'post_modified_gmt' => NO_DATE, 'post_content_filtered' => '',
    'post_parent' => 0, 'guid' => '', 'menu_order' => 0, 'post_type' => 'post', 'post_mime_type' => ''];
const DELETED_USER = 999999;

function post_rows(): Rows
{
    return new Rows('wp_posts', implode(',', array_keys(POST_DEFAULTS)));
}

/** @param array<string, string|int> $post columns; the others get their defaults */
function add_post(Rows $rows, array $post): void
{
    $post += ['guid' => WP_HOME . "/?p={$post['ID']}"];
    $rows->add(...array_values(array_replace(POST_DEFAULTS, $post)));
}

/** Seeds posts and returns the ids of those that are published. */
function seed_posts(int $count, array $authors, array $terms, array $media): array
{
    $posts = post_rows();
    $meta = new Rows('wp_postmeta', 'post_id,meta_key,meta_value');
    $relations = new Rows('wp_term_relationships', 'object_id,term_taxonomy_id,term_order');
    $first_id = Rows::next_id('wp_posts', 'ID');
    $published = [];

    for ($n = 0; $n < $count; $n++) {
        $id = $first_id + $n;
        $status = post_status($n);
        $title = title($n);
        add_post($posts, [
            'ID' => $id,
            'post_author' => match ($n % 50) { 20 => 0, 21 => DELETED_USER, 22 => 3, default => pick($authors) },
            'post_content' => $n % 100 === 23 ? '' : body(),
            'post_title' => $title,
            'post_excerpt' => $n % 3 === 0 ? words(15) . ' &amp; <b>so on</b>' : '',
            'post_status' => $status,
            'comment_status' => $n % 4 === 0 ? 'closed' : 'open',
            'post_password' => $n % 100 === 24 ? 'secret' : '',
            'post_name' => post_name($title, $n, $status),
        ] + post_dates($n, $count, $status));

        foreach (terms_of_post($terms) as $term) {
            $relations->add($id, $term, 0);
        }
        foreach (post_meta($n, $status, $media) as $key => $value) {
            $meta->add($id, $key, $value);
        }
        if ($status === 'publish') {
            $published[] = $id;
        }
    }
    $posts->flush();
    $meta->flush();
    $relations->flush();
    count_terms();
    attach_media($published);
    update_option('sticky_posts', array_slice($published, 0, 3));
    return $published;
}

function post_status(int $n): string
{
    return match ($n % 25) {
        4, 5, 6 => 'draft',
        7 => 'future',
        8 => 'private',
        9 => 'pending',
        10 => 'trash',
        default => 'publish',
    };
}

/** Drafts have no address yet; that of a trashed post is kept free for others. */
function post_name(string $title, int $n, string $status): string
{
    return match ($status) {
        'draft', 'pending' => '',
        'trash' => sanitize_title($title) . '__trashed',
        default => sanitize_title($title) ?: "untitled-$n",
    };
}

function post_dates(int $n, int $count, string $status): array
{
    $moment = moment($n, $count);
    $dates = dates_at($moment, $n % 2 ? $moment : $moment + mt_rand(1, 90 * DAY_IN_SECONDS));
    return match (true) {
        $n % 100 === 25 => [], // all zero, as some importers leave them
        $status === 'future' => dates_at(time() + ($n + 1) * DAY_IN_SECONDS, $moment),
        // What was never published has no date in UTC, and until it is edited no modified date in UTC either.
        $status === 'pending', $status === 'draft' && $n % 2 === 0 => ['post_date_gmt' => NO_DATE] + $dates,
        $status === 'draft' => ['post_date_gmt' => NO_DATE, 'post_modified_gmt' => NO_DATE] + $dates,
        default => $dates,
    };
}

function dates_at(int $moment, int $modified): array
{
    return [
        'post_date' => local($moment),
        'post_date_gmt' => utc($moment),
        'post_modified' => local($modified),
        'post_modified_gmt' => utc($modified),
    ];
}

function post_meta(int $n, string $status, array $media): array
{
    $meta = ['_edit_last' => '1', 'subtitle' => words(4)];
    if ($media && $n % 2 === 0) {
        $meta['_thumbnail_id'] = pick($media);
    }
    if ($status === 'trash') {
        $meta += ['_wp_trash_meta_status' => 'publish', '_wp_trash_meta_time' => (string) LAST_DATE];
    }
    return $meta;
}

/** Every third picture was uploaded while a post was written, and belongs to it. */
function attach_media(array $posts): void
{
    if ($posts) {
        $first = $posts[0];
        Rows::sql("UPDATE wp_posts SET post_parent = $first WHERE post_type = 'attachment' AND ID % 3 = 0");
    }
}
