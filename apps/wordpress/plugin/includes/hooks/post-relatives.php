<?php
/**
 * Posts that WordPress changes by plain SQL, without a hook, because something else went: children of a deleted parent,
 * posts of a deleted author, comments of a trashed post. They are noted beforehand and reported afterwards.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Post_Relative_Hooks
{
    /** @var array<int, int[]> ids by the id of what goes */
    private static $children = [];
    /** @var array<int, int[]> */
    private static $posts_of_user = [];
    /** @var array<int, int[]> */
    private static $comments_of_post = [];

    public static function register(): void
    {
        add_action('before_delete_post', [self::class, 'parent_goes']);
        add_action('delete_attachment', [self::class, 'parent_goes']);
        add_action('deleted_post', [self::class, 'parent_gone'], 20);
        add_action('delete_user', [self::class, 'author_goes'], 10, 2);
        add_action('deleted_user', [self::class, 'author_gone'], 20);
        add_action('remove_user_from_blog', [self::class, 'author_leaves'], 10, 3);
        add_action('trashed_post_comments', [self::class, 'comments_trashed'], 10, 2);
        add_action('untrash_post_comments', [self::class, 'comments_come_back']);
        add_action('untrashed_post_comments', [self::class, 'comments_back']);
    }

    public static function parent_goes($id): void
    {
        global $wpdb;
        $sql = "SELECT ID FROM $wpdb->posts WHERE post_parent = %d AND post_type <> 'revision'";
        $children = $wpdb->get_col($wpdb->prepare($sql, $id));
        if ($children) {
            self::$children[(int) $id] = $children;
        }
    }

    public static function parent_gone($id): void
    {
        self::posts_changed(self::$children[(int) $id] ?? []);
        unset(self::$children[(int) $id]);
    }

    public static function author_goes($id, $reassign = null): void
    {
        global $wpdb;
        if ($reassign !== null) { // else the posts are deleted, which has hooks
            $sql = "SELECT ID FROM $wpdb->posts WHERE post_author = %d AND post_type <> 'revision'";
            self::$posts_of_user[(int) $id] = $wpdb->get_col($wpdb->prepare($sql, $id));
        }
    }

    public static function author_gone($id): void
    {
        self::posts_changed(self::$posts_of_user[(int) $id] ?? []);
        unset(self::$posts_of_user[(int) $id]);
    }

    /** In a network, WordPress gives the posts to another user right after this hook, and has no hook for afterwards. */
    public static function author_leaves($id, $blog_id, $reassign = 0): void
    {
        if ($reassign) {
            self::author_goes($id, $reassign);
            add_action('shutdown', static fn() => self::author_gone($id));
        }
    }

    /** @param array<int, string> $statuses by the comments' ids */
    public static function comments_trashed($post_id, $statuses): void
    {
        foreach (array_keys((array) $statuses) as $id) {
            Comment_Hooks::note(Names::UPDATED, (int) $id);
        }
    }

    public static function comments_come_back($post_id): void
    {
        $statuses = get_post_meta((int) $post_id, '_wp_trash_meta_comments_status', true);
        self::$comments_of_post[(int) $post_id] = is_array($statuses) ? array_keys($statuses) : [];
    }

    public static function comments_back($post_id): void
    {
        foreach (self::$comments_of_post[(int) $post_id] ?? [] as $id) {
            Comment_Hooks::note(Names::UPDATED, (int) $id);
        }
        unset(self::$comments_of_post[(int) $post_id]);
    }

    private static function posts_changed(array $ids): void
    {
        _prime_post_caches(array_map('intval', $ids), false, false);
        foreach ($ids as $id) {
            Post_Hooks::note(Names::UPDATED, (int) $id);
        }
    }
}
