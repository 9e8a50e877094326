<?php
/**
 * What runs when: activation, every request, cron, deactivation. Removal is in uninstall.php.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Lifecycle
{
    public static function start(): void
    {
        add_action('init', [self::class, 'on_init']);
        // After everything else that may still change something.
        add_action('shutdown', [self::class, 'on_shutdown'], PHP_INT_MAX);
        add_filter('cron_schedules', [Schedule::class, 'add_minute']);
        add_action(Names::SEND_HOOK, [self::class, 'on_send']);
        add_action(Names::MINUTE_HOOK, [self::class, 'on_minute']);
        add_action('rest_api_init', [Routes::class, 'register']);
        add_filter('wpmu_drop_tables', static fn($tables) => array_merge($tables, Tables::all()));
        foreach ([Post_Hooks::class, Post_Part_Hooks::class, Post_Relative_Hooks::class, User_Hooks::class, Term_Hooks::class, Comment_Hooks::class, Site_Hooks::class] as $hooks) {
            $hooks::register();
        }
        if (is_admin()) {
            Settings_Page::register();
            Settings_Actions::register();
        }
    }

    /** Of one site; the sites of a network make their tables when they are first visited. */
    public static function activate(): void
    {
        Tables::mend();
        // What changed while the plugin was off, nobody saw: whoever reads this looks through the site.
        Recorder::changed(Names::RECORDING_STARTED, Names::SITE, 0);
        Recorder::finish();
        Schedule::every_minute();
    }

    /** Recording and sending pause; nothing is forgotten. */
    public static function deactivate(bool $network_wide = false): void
    {
        $sites = is_multisite() && $network_wide ? get_sites(['fields' => 'ids', 'number' => 0]) : [get_current_blog_id()];
        foreach ($sites as $site) {
            if (is_multisite()) {
                switch_to_blog((int) $site);
            }
            Schedule::none();
            if (is_multisite()) {
                restore_current_blog();
            }
        }
    }

    public static function on_init(): void
    {
        $is_new = get_option(Tables::VERSION_OPTION) === false;
        Tables::ensure();
        if ($is_new) {
            Recorder::changed(Names::RECORDING_STARTED, Names::SITE, 0);
        }
        if (!wp_next_scheduled(Names::MINUTE_HOOK) && (is_admin() || wp_doing_cron())) {
            add_action('wp_loaded', [Schedule::class, 'every_minute']);
        }
    }

    public static function on_shutdown(): void
    {
        Recorder::finish();
        if (Recorder::wrote() && Pairing::get() !== null && State::get('stopped') === '') {
            Schedule::at(max(time(), State::number('next_attempt')));
            Schedule::start_behind();
        }
    }

    public static function on_send(): void
    {
        State::set(['cron_ran' => time()]);
        Sender::run();
    }

    public static function on_minute(): void
    {
        State::set(['cron_ran' => time()]);
        Sequence::assign();
        Sender::run();
        Retention::apply();
        Signed_Request::forget_old_nonces();
    }
}
