<?php
/**
 * Settings → Portal Connector: one field to pair, and how things stand.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Settings_Page
{
    public const SLUG = 'portal-connector';

    public static function register(): void
    {
        add_action('admin_menu', static fn() => add_options_page(
            __('Portal Connector', 'portal-connector'),
            __('Portal Connector', 'portal-connector'),
            'manage_options',
            self::SLUG,
            [self::class, 'show']
        ));
        add_action('admin_notices', [self::class, 'warn']);
        add_filter('plugin_action_links_' . plugin_basename(PLUGIN_FILE), static fn($links) => array_merge(
            ['<a href="' . esc_url(self::url()) . '">' . esc_html__('Settings', 'portal-connector') . '</a>'],
            $links
        ));
    }

    public static function url(): string
    {
        return admin_url('options-general.php?page=' . self::SLUG);
    }

    public static function show(): void
    {
        if (!current_user_can('manage_options')) {
            return;
        }
        Sequence::assign();
        $status = Status::read();
        echo '<div class="wrap"><h1>' . esc_html__('Portal Connector', 'portal-connector') . '</h1>';
        settings_errors('portal_connector');
        if ($status['paired']) {
            self::show_state($status);
            if ($status['moved']) {
                self::button('moved', __('The site moved here: go on sending', 'portal-connector'), 'primary');
            }
            self::button('test', __('Send a test', 'portal-connector'), 'secondary');
            self::button('unpair', __('Disconnect', 'portal-connector'), 'delete');
        } else {
            self::show_form();
        }
        echo '</div>';
    }

    /** On all screens, but only to who can mend it. */
    public static function warn(): void
    {
        if (!current_user_can('manage_options') || Pairing::get() === null) {
            return;
        }
        $stopped = State::get('stopped');
        if ($stopped === '' && !Pairing::moved()) {
            return;
        }
        $text = $stopped === 'gone'
            ? __('Portal Connector has stopped: Portal no longer knows this connection. Pair the site again, or disconnect it.', 'portal-connector')
            : ($stopped !== ''
                ? __('Portal Connector has stopped, because Portal could not be reached for days. Changes are still recorded; send a test to go on.', 'portal-connector')
                : __('Portal Connector sends nothing, because the address of this site changed. Confirm that the site moved, or disconnect this copy.', 'portal-connector'));
        echo '<div class="notice notice-error"><p>' . esc_html($text) . ' <a href="' . esc_url(self::url()) . '">'
            . esc_html__('Settings', 'portal-connector') . '</a></p></div>';
    }

    private static function show_state(array $status): void
    {
        $none = __('none', 'portal-connector');
        $rows = [
            __('Connection', 'portal-connector') => $status['connection'],
            __('Portal', 'portal-connector') => wp_parse_url($status['url'], PHP_URL_HOST),
            __('Changes not delivered yet', 'portal-connector') => number_format_i18n($status['backlog']),
            __('Last delivery', 'portal-connector') => $status['last_sent'] ?? $none,
            __('Last error', 'portal-connector') => $status['last_error'] ?? $none,
            __('Next attempt', 'portal-connector') => $status['next_attempt'] ?? $none,
            __('Cron', 'portal-connector') => $status['cron_alive']
                ? __('runs', 'portal-connector')
                : __('has not run for a while. Portal asks for changes by itself; for changes within seconds, let the server call wp-cron.php every minute.', 'portal-connector'),
        ];
        echo '<table class="form-table" role="presentation">';
        foreach ($rows as $name => $value) {
            echo '<tr><th scope="row">' . esc_html($name) . '</th><td>' . esc_html((string) $value) . '</td></tr>';
        }
        echo '</table>';
    }

    private static function show_form(): void
    {
        echo '<p>' . esc_html__('In Portal, open the connection of this site, copy its pairing code, and paste it here.', 'portal-connector') . '</p>';
        self::open_form('pair');
        echo '<p><label for="portal-connector-code"><strong>' . esc_html__('Pairing code', 'portal-connector') . '</strong></label><br>'
            . '<input type="password" class="large-text code" id="portal-connector-code" name="code" autocomplete="off" required></p>';
        submit_button(__('Connect', 'portal-connector'));
        echo '</form>';
    }

    private static function button(string $action, string $label, string $style): void
    {
        self::open_form($action, 'display:inline-block;margin-right:1em');
        submit_button($label, $style, 'submit', false);
        echo '</form>';
    }

    private static function open_form(string $action, string $style = ''): void
    {
        $name = Settings_Actions::name($action);
        echo '<form method="post" style="' . esc_attr($style) . '" action="' . esc_url(admin_url('admin-post.php')) . '">'
            . '<input type="hidden" name="action" value="' . esc_attr($name) . '">';
        wp_nonce_field($name);
    }
}
