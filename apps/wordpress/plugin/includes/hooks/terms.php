<?php
/**
 * Terms of all taxonomies: made, renamed, moved, deleted, and their meta fields.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Term_Hooks
{
    public static function register(): void
    {
        add_action('created_term', static fn($id, $tt_id, $taxonomy) => self::note(Names::CREATED, $id, $taxonomy), 10, 3);
        add_action('edited_term', static fn($id, $tt_id, $taxonomy) => self::note(Names::UPDATED, $id, $taxonomy), 10, 3);
        add_action('delete_term', static fn($id, $tt_id, $taxonomy) => self::note(Names::DELETED, $id, $taxonomy), 10, 3);
        add_action('edited_term_taxonomies', [self::class, 'children_moved']);
        foreach (['added_term_meta', 'updated_term_meta', 'deleted_term_meta'] as $hook) {
            add_action($hook, [self::class, 'meta_changed'], 10, 2);
        }
    }

    /** The children of a deleted term are moved up by plain SQL. */
    public static function children_moved($tt_ids): void
    {
        foreach ((array) $tt_ids as $tt_id) {
            $term = get_term_by('term_taxonomy_id', (int) $tt_id);
            if ($term) {
                self::note(Names::UPDATED, $term->term_id, $term->taxonomy);
            }
        }
    }

    /** Meta of a term that is just being deleted: its end is told by `delete_term`. */
    public static function meta_changed($meta_id, $term_id): void
    {
        $term = $term_id ? get_term((int) $term_id) : null;
        if ($term && !is_wp_error($term)) {
            self::note(Names::UPDATED, $term->term_id, $term->taxonomy);
        }
    }

    private static function note(string $type, $id, $taxonomy): void
    {
        Recorder::changed($type, Resources::of_taxonomy((string) $taxonomy), (int) $id);
    }
}
