<?php
/**
 * The one address that this plugin calls.
 *
 * WordPress's safe HTTP functions refuse private addresses and unusual ports, which is right for addresses that
 * visitors supply, and wrong for a Portal in one's own network. So they are used, with an exception for exactly the
 * address that an administrator entered, and only while it is called.
 */

namespace PortalConnector;

use WP_Error;

defined('ABSPATH') || exit;

final class Endpoint
{
    private const TIMEOUT_SECONDS = 15;
    private const ANSWER_BYTES_MAX = 65536;

    /** @return string|null why this address cannot be called, in words; null when it can */
    public static function fault(string $url): ?string
    {
        $parts = wp_parse_url($url);
        if (!is_array($parts) || empty($parts['host']) || strlen($url) > 2000 || preg_match('/[\s\x00-\x1f\x7f]/', $url)) {
            return __('The address of Portal is no complete web address. Make a new pairing code in Portal.', 'portal-connector');
        }
        if (isset($parts['user']) || isset($parts['pass']) || isset($parts['fragment'])) {
            return __('The address of Portal must hold no user name, password or fragment.', 'portal-connector');
        }
        $scheme = strtolower($parts['scheme'] ?? '');
        if ($scheme !== 'https' && !($scheme === 'http' && self::is_local($parts['host']))) {
            return __('The address of Portal must begin with https://. Only a Portal on this machine or in a private network may be called by http://.', 'portal-connector');
        }
        return null;
    }

    /**
     * @param array<string, string> $headers
     * @return array|WP_Error as of wp_remote_post()
     */
    public static function post(string $url, array $headers, string $body)
    {
        $host = strtolower((string) wp_parse_url($url, PHP_URL_HOST));
        $port = wp_parse_url($url, PHP_URL_PORT);
        $is_ours = static fn($external, $asked, $full = '') => $external || ($full === $url && strtolower($asked) === $host);
        $our_port = static fn($ports, $asked = '', $full = '') => $port && $full === $url ? array_merge($ports, [$port]) : $ports;
        add_filter('http_request_host_is_external', $is_ours, 10, 3);
        add_filter('http_allowed_safe_ports', $our_port, 10, 3);
        try {
            return wp_remote_post($url, [
                // Before WordPress 5.9 nothing can allow a port; the address is the administrator's, and checked.
                'reject_unsafe_urls' => !$port || version_compare(get_bloginfo('version'), '5.9', '>='),
                'headers' => $headers,
                'body' => $body,
                'timeout' => self::TIMEOUT_SECONDS,
                'redirection' => 0,
                'limit_response_size' => self::ANSWER_BYTES_MAX,
                'user-agent' => 'Portal-Connector/' . VERSION . '; WordPress/' . get_bloginfo('version'),
            ]);
        } finally {
            remove_filter('http_request_host_is_external', $is_ours, 10);
            remove_filter('http_allowed_safe_ports', $our_port, 10);
        }
    }

    private static function is_local(string $host): bool
    {
        $host = strtolower(trim($host, '[]'));
        if (filter_var($host, FILTER_VALIDATE_IP)) {
            return !filter_var($host, FILTER_VALIDATE_IP, FILTER_FLAG_NO_PRIV_RANGE | FILTER_FLAG_NO_RES_RANGE);
        }
        return $host === 'localhost' || strpos($host, '.') === false || preg_match('/\.(localhost|local|internal|test|lan)\z/', $host);
    }
}
