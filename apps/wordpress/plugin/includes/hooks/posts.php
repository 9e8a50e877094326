<?php
/**
 * Posts, pages, media and every other post type: made, edited, trashed, restored, published by cron, deleted.
 */

namespace PortalConnector;

use WP_Post;

defined('ABSPATH') || exit;

final class Post_Hooks
{
    public static function register(): void
    {
        add_action('wp_after_insert_post', [self::class, 'inserted'], 10, 4);
        add_action('transition_post_status', [self::class, 'status_changed'], 10, 3);
        add_action('trashed_post', static fn($id) => self::note(Names::TRASHED, (int) $id));
        add_action('untrashed_post', static fn($id) => self::note(Names::RESTORED, (int) $id));
        add_action('deleted_post', [self::class, 'deleted'], 10, 2);
        // Media come through hooks of their own; `wp_after_insert_post` is for media only when they come by REST.
        add_action('add_attachment', static fn($id) => self::note(Names::CREATED, (int) $id));
        add_action('attachment_updated', static fn($id) => self::note(Names::UPDATED, (int) $id));
        // "Sticky" is an option of the site, and a field of the post where others read it.
        add_action('post_stuck', static fn($id) => self::note(Names::UPDATED, (int) $id));
        add_action('post_unstuck', static fn($id) => self::note(Names::UPDATED, (int) $id));
    }

    // No types where others call: what another plugin passes wrongly must not end the editor's request.

    public static function inserted($id, $post, $update, $before = null): void
    {
        $is_new = !$update || ($before instanceof WP_Post && $before->post_status === 'auto-draft');
        self::note_post($is_new ? Names::CREATED : Names::UPDATED, $post);
    }

    /** Publishing by schedule leaves `post_modified` as it was; only this tells of it. */
    public static function status_changed($new, $old, $post): void
    {
        if ($new === $old) {
            return;
        }
        if ($new === 'trash') {
            $type = Names::TRASHED;
        } elseif ($old === 'trash') {
            $type = Names::RESTORED;
        } else {
            $type = $old === 'new' || $old === 'auto-draft' ? Names::CREATED : Names::UPDATED;
        }
        self::note_post($type, $post);
    }

    /** WordPress passes the post since 5.5; it can no longer be asked for it. */
    public static function deleted($id, $post = null): void
    {
        self::note_post(Names::DELETED, $post);
    }

    public static function note(string $type, int $id): void
    {
        self::note_post($type, get_post($id));
    }

    private static function note_post(string $type, $post): void
    {
        if ($post instanceof WP_Post && Resources::is_recorded($post)) {
            Recorder::changed($type, Resources::of_post_type($post->post_type), (int) $post->ID);
        }
    }
}
