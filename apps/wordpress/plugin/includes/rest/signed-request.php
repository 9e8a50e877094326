<?php
/**
 * Requests that Portal signs with the pairing's secret, so that it can pull without a WordPress account.
 *
 *   X-Portal-Nonce      16 to 64 letters, digits, `-`, `_`; never used before
 *   X-Portal-Timestamp  seconds since 1970, at most 300 off
 *   X-Portal-Signature  `v1,` and base64 of HMAC-SHA256 over these lines, joined by \n:
 *                       portal-request · nonce · timestamp · METHOD · target · body
 *
 * The target is the route as WordPress names it (`/portal/v1/outbox`), and where there are parameters, `?` and these,
 * sorted by name, in percent-encoding of RFC 3986; `rest_route` is not one of them. So it is the same whether the site
 * has pretty addresses or not.
 */

namespace PortalConnector;

use WP_Error;
use WP_REST_Request;

defined('ABSPATH') || exit;

final class Signed_Request
{
    private const TOLERANCE_SECONDS = 300;
    private const NONCE_PREFIX = 'nonce:';

    public static function is_signed(WP_REST_Request $request): bool
    {
        return (string) $request->get_header('X-Portal-Signature') !== '';
    }

    /** @return true|WP_Error */
    public static function verify(WP_REST_Request $request)
    {
        $nonce = (string) $request->get_header('X-Portal-Nonce');
        $timestamp = (string) $request->get_header('X-Portal-Timestamp');
        if (!preg_match('/\A[A-Za-z0-9_-]{16,64}\z/', $nonce) || !preg_match('/\A\d{1,12}\z/', $timestamp)) {
            return self::refusal('portal_signature_incomplete', __('A signed request needs X-Portal-Nonce and X-Portal-Timestamp.', 'portal-connector'));
        }
        $secrets = Pairing::secrets();
        if (!$secrets) {
            return self::refusal('portal_not_paired', __('This site is not paired. Pair it under Settings → Portal Connector.', 'portal-connector'));
        }
        if (!self::matches($request, $secrets, $nonce, $timestamp)) {
            return self::refusal('portal_signature_wrong', __('The signature does not fit the request. Was the site paired again since?', 'portal-connector'));
        }
        // Only who knows the secret learns what is wrong with a request otherwise right, or makes us remember a nonce.
        if (abs(time() - (int) $timestamp) > self::TOLERANCE_SECONDS) {
            return self::refusal('portal_timestamp_stale', sprintf(
                /* translators: %s: a time */
                __('The request is too old or from the future. It is %s here; compare the clocks.', 'portal-connector'),
                Clock::now_iso()
            ));
        }
        if (!State::add(self::NONCE_PREFIX . $nonce, (string) time())) {
            return self::refusal('portal_nonce_used', __('This request was made before. Sign each with a nonce of its own.', 'portal-connector'));
        }
        return true;
    }

    /** A nonce need not be remembered longer than its timestamp is good for, on both sides of now. */
    public static function forget_old_nonces(): void
    {
        global $wpdb;
        $sql = 'DELETE FROM `' . Tables::state() . '` WHERE name LIKE %s AND CAST(value AS UNSIGNED) < %d LIMIT 5000';
        $wpdb->query($wpdb->prepare($sql, $wpdb->esc_like(self::NONCE_PREFIX) . '%', time() - 3 * self::TOLERANCE_SECONDS));
    }

    /** All secrets are tried, and all of the comparison is made, so that time tells nothing. */
    private static function matches(WP_REST_Request $request, array $secrets, string $nonce, string $timestamp): bool
    {
        $given = (string) $request->get_header('X-Portal-Signature');
        $matches = false;
        foreach ($secrets as $secret) {
            $right = Signature::of_request($secret, $nonce, $timestamp, $request->get_method(), self::target($request), (string) $request->get_body());
            $matches = hash_equals($right, $given) || $matches;
        }
        return $matches;
    }

    private static function target(WP_REST_Request $request): string
    {
        $parameters = $request->get_query_params();
        unset($parameters['rest_route']);
        ksort($parameters, SORT_STRING);
        $query = http_build_query($parameters, '', '&', PHP_QUERY_RFC3986);
        return $request->get_route() . ($query === '' ? '' : "?$query");
    }

    private static function refusal(string $code, string $message): WP_Error
    {
        return new WP_Error($code, $message, ['status' => 401]);
    }
}
