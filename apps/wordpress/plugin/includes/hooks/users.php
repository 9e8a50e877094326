<?php
/**
 * Users, their roles and their meta fields. In a network, a user belongs to several sites, and each hears of it.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class User_Hooks
{
    /** What WordPress remembers about a user's screens and sessions. It changes with every login. */
    private const IGNORED_META = '/\A(session_tokens|_application_passwords|community-events-location|show_welcome_panel|default_password_nag|primary_blog|source_domain|(closedpostboxes|metaboxhidden|meta-box-order|screen_layout|manage)[_-].*|manage.*columnshidden|edit_.*_per_page|.*(user-settings(-time)?|dashboard_quick_press_last_post_id|persisted_preferences|_autosave_draft_ids)|dismissed_wp_pointers|nav_menu_recently_edited)\z/';
    private const SITES_OF_USER_MAX = 100;

    public static function register(): void
    {
        add_action('user_register', static fn($id) => self::note(Names::CREATED, (int) $id));
        $updated = static fn($id) => self::note(Names::UPDATED, (int) $id);
        foreach (['profile_update', 'wp_update_user', 'set_user_role', 'add_user_role', 'remove_user_role'] as $hook) {
            add_action($hook, $updated);
        }
        foreach (['added_user_meta', 'updated_user_meta', 'deleted_user_meta'] as $hook) {
            add_action($hook, [self::class, 'meta_changed'], 10, 3);
        }
        add_action('deleted_user', static fn($id) => self::note_here(Names::DELETED, (int) $id));
        add_action('wpmu_delete_user', static fn($id) => self::note(Names::DELETED, (int) $id));
        add_action('add_user_to_blog', static fn($id, $role, $blog) => self::note_on(Names::CREATED, (int) $id, (int) $blog), 10, 3);
        add_action('remove_user_from_blog', static fn($id, $blog) => self::note_on(Names::DELETED, (int) $id, (int) $blog), 10, 2);
    }

    public static function meta_changed($meta_id, $user_id, $key): void
    {
        if ($user_id && !preg_match(self::IGNORED_META, (string) $key)) {
            self::note(Names::UPDATED, (int) $user_id);
        }
    }

    private static function note(string $type, int $id): void
    {
        if (!is_multisite()) {
            self::note_here($type, $id);
            return;
        }
        // Of a user without a site, the site at hand hears: a new one gets its sites only afterwards.
        $sites = array_slice(array_keys(get_blogs_of_user($id, true)), 0, self::SITES_OF_USER_MAX);
        foreach ($sites ?: [get_current_blog_id()] as $site) {
            self::note_on($type, $id, (int) $site);
        }
    }

    private static function note_on(string $type, int $id, int $site): void
    {
        $switch = is_multisite() && $site !== get_current_blog_id();
        if ($switch) {
            switch_to_blog($site);
        }
        self::note_here($type, $id);
        if ($switch) {
            restore_current_blog();
        }
    }

    private static function note_here(string $type, int $id): void
    {
        Recorder::changed($type, Names::USERS, $id);
    }
}
