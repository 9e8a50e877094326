<?php
/**
 * What the buttons of the settings page do. Each answer is a redirect, so that reloading repeats nothing.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Settings_Actions
{
    private const ACTIONS = ['pair', 'unpair', 'test', 'moved'];

    public static function register(): void
    {
        foreach (self::ACTIONS as $action) {
            add_action('admin_post_' . self::name($action), static fn() => self::perform($action));
        }
    }

    public static function name(string $action): string
    {
        return "portal_connector_$action";
    }

    private static function perform(string $action): void
    {
        check_admin_referer(self::name($action));
        if (!current_user_can('manage_options')) {
            wp_die(esc_html__('You are not allowed to change the settings of this site.', 'portal-connector'), '', ['response' => 403]);
        }
        [$kind, $message] = self::act($action);
        add_settings_error('portal_connector', $action, $message, $kind);
        set_transient('settings_errors', get_settings_errors(), 30);
        wp_safe_redirect(add_query_arg('settings-updated', '1', Settings_Page::url()));
        exit;
    }

    /** @return array{0: string, 1: string} the kind of notice, and its text */
    private static function act(string $action): array
    {
        if ($action === 'unpair') {
            Pairing::end();
            return ['success', __('Disconnected. Nothing is sent any more.', 'portal-connector')];
        }
        if ($action === 'moved') {
            Pairing::confirm_move();
            State::forget('last_error', 'next_attempt');
            Schedule::soon();
            return ['success', __('Sending goes on from the new address.', 'portal-connector')];
        }
        if ($action === 'test') {
            Outbox_Routes::queue_test();
            return ['success', __('A test is queued. It goes out with the next run of cron.', 'portal-connector')];
        }
        // phpcs:ignore WordPress.Security -- the nonce was checked by perform(), and the parser checks every byte
        $code = isset($_POST['code']) && is_string($_POST['code']) ? wp_unslash($_POST['code']) : '';
        $pairing = Pairing_Code::parse($code);
        if (is_wp_error($pairing)) {
            return ['error', $pairing->get_error_message()];
        }
        Pairing::set($pairing);
        Outbox_Routes::queue_test();
        return ['success', __('Connected. A test is on its way to Portal.', 'portal-connector')];
    }
}
