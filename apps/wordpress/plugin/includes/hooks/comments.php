<?php
/**
 * Comments: written, edited, moderated, trashed, restored, deleted, and their meta fields.
 */

namespace PortalConnector;

use WP_Comment;

defined('ABSPATH') || exit;

final class Comment_Hooks
{
    /** Records of other plugins that are kept as comments and never shown as such. */
    private const IGNORED_TYPES = ['order_note', 'action_log', 'webhook_delivery'];
    private const IGNORED_META = ['_wp_trash_meta_status', '_wp_trash_meta_time'];

    public static function register(): void
    {
        add_action('wp_insert_comment', static fn($id) => self::note(Names::CREATED, (int) $id));
        add_action('edit_comment', static fn($id) => self::note(Names::UPDATED, (int) $id));
        add_action('transition_comment_status', [self::class, 'status_changed'], 10, 3);
        add_action('deleted_comment', [self::class, 'deleted'], 10, 2);
        foreach (['added_comment_meta', 'updated_comment_meta', 'deleted_comment_meta'] as $hook) {
            add_action($hook, [self::class, 'meta_changed'], 10, 3);
        }
    }

    /** Trashing, spam and approval all come by here, and the names of the statuses are those of the hook. */
    public static function status_changed($new, $old, $comment): void
    {
        if ($new === $old || $new === 'delete') {
            return;
        }
        $type = $new === 'trash' ? Names::TRASHED : ($old === 'trash' ? Names::RESTORED : Names::UPDATED);
        self::note_comment($type, $comment);
    }

    public static function deleted($id, $comment = null): void
    {
        if ($comment instanceof WP_Comment) {
            self::note_comment(Names::DELETED, $comment);
        }
    }

    public static function meta_changed($meta_id, $comment_id, $key): void
    {
        if ($comment_id && !in_array($key, self::IGNORED_META, true)) {
            self::note(Names::UPDATED, (int) $comment_id);
        }
    }

    public static function note(string $type, int $id): void
    {
        self::note_comment($type, get_comment($id));
    }

    private static function note_comment(string $type, $comment): void
    {
        if ($comment instanceof WP_Comment && !in_array($comment->comment_type, self::IGNORED_TYPES, true)) {
            Recorder::changed($type, Names::COMMENTS, (int) $comment->comment_ID);
        }
    }
}
