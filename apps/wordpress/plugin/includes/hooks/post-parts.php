<?php
/**
 * What belongs to a post and changes without it: meta fields (custom fields, SEO, stock) and terms.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Post_Part_Hooks
{
    /** Fields that WordPress writes for itself, while somebody merely looks at a post or trashes it. */
    private const IGNORED_META = [
        '_edit_lock', '_edit_last', '_encloseme', '_pingme', '_wp_old_slug', '_wp_old_date',
        '_wp_trash_meta_status', '_wp_trash_meta_time', '_wp_trash_meta_comments_status', '_wp_desired_post_slug',
    ];
    private const IDS_AT_ONCE = 1000;

    public static function register(): void
    {
        add_action('added_post_meta', [self::class, 'meta_changed'], 10, 3);
        add_action('updated_post_meta', [self::class, 'meta_changed'], 10, 3);
        add_action('deleted_post_meta', [self::class, 'meta_changed'], 10, 3);
        add_action('delete_post_meta', [self::class, 'meta_of_many_goes'], 10, 3);
        add_action('set_object_terms', [self::class, 'terms_set'], 10, 6);
        add_action('deleted_term_relationships', [self::class, 'terms_removed'], 10, 3);
    }

    /** @param int|int[] $meta_id */
    public static function meta_changed($meta_id, $post_id, $key): void
    {
        if ($post_id && !in_array($key, self::IGNORED_META, true)) {
            Post_Hooks::note(Names::UPDATED, (int) $post_id);
        }
    }

    /** Deleting a field from all posts at once names no post; afterwards, nobody knows which ones had it. */
    public static function meta_of_many_goes($meta_ids, $post_id, $key): void
    {
        global $wpdb;
        if ($post_id || in_array($key, self::IGNORED_META, true)) {
            return;
        }
        foreach (array_chunk((array) $meta_ids, self::IDS_AT_ONCE) as $some) {
            $list = implode(',', array_map('intval', $some));
            foreach ($wpdb->get_col("SELECT DISTINCT post_id FROM $wpdb->postmeta WHERE meta_id IN ($list)") as $id) { // phpcs:ignore WordPress.DB
                Post_Hooks::note(Names::UPDATED, (int) $id);
            }
        }
    }

    public static function terms_set($post_id, $terms, $tt_ids, $taxonomy, $append, $old_tt_ids): void
    {
        $new = array_map('intval', (array) $tt_ids);
        $old = array_map('intval', (array) $old_tt_ids);
        $added = array_diff($new, $old);
        $removed = $append ? [] : array_diff($old, $new);
        if ($added || $removed) {
            self::terms_removed($post_id, $tt_ids, $taxonomy);
        }
    }

    /** A taxonomy may be of users or of links; their ids are not ids of posts. */
    public static function terms_removed($post_id, $tt_ids, $taxonomy): void
    {
        $object = get_taxonomy((string) $taxonomy);
        if ($object && array_filter((array) $object->object_type, 'post_type_exists')) {
            Post_Hooks::note(Names::UPDATED, (int) $post_id);
        }
    }
}
