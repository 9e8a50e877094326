<?php
/**
 * The one string that an administrator pastes: `portal-pair:` and base64url of
 * `{"url":"https://…/hooks/cn_…","secret":"whsec_…","connection":"cn_…"}`.
 */

namespace PortalConnector;

use WP_Error;

defined('ABSPATH') || exit;

final class Pairing_Code
{
    private const PREFIX = 'portal-pair:';
    private const LENGTH_MAX = 4096;

    /** @return array{url: string, secret: string, connection: string}|WP_Error */
    public static function parse(string $code)
    {
        $code = preg_replace('/\s+/', '', $code);
        if (strlen($code) > self::LENGTH_MAX || strncmp($code, self::PREFIX, strlen(self::PREFIX)) !== 0) {
            return self::refusal('code', __('This is no pairing code. A pairing code begins with “portal-pair:”; copy all of it from the connection in Portal.', 'portal-connector'));
        }
        $json = base64_decode(strtr(substr($code, strlen(self::PREFIX)), '-_', '+/'), true);
        $fields = $json === false ? null : json_decode($json, true, 4);
        if (!is_array($fields)) {
            return self::refusal('code', __('The pairing code is damaged or was cut off. Copy it again, all of it.', 'portal-connector'));
        }
        return self::check($fields);
    }

    /** @return array{url: string, secret: string, connection: string}|WP_Error */
    public static function check(array $fields)
    {
        $pairing = [];
        foreach (['url', 'secret', 'connection'] as $name) {
            if (!isset($fields[$name]) || !is_string($fields[$name]) || $fields[$name] === '') {
                /* translators: %s: the name of a field */
                return self::refusal($name, sprintf(__('The pairing has no “%s”. Make a new pairing code in Portal.', 'portal-connector'), $name));
            }
            $pairing[$name] = $fields[$name];
        }
        if (!preg_match('/\Acn_[A-Za-z0-9_-]{1,64}\z/', $pairing['connection'])) {
            return self::refusal('connection', __('The connection is not of the form “cn_…”. Make a new pairing code in Portal.', 'portal-connector'));
        }
        if (Signature::key($pairing['secret']) === null) {
            return self::refusal('secret', __('The secret is not “whsec_” and 24 to 64 bytes in base64. Make a new pairing code in Portal.', 'portal-connector'));
        }
        $fault = Endpoint::fault($pairing['url']);
        return $fault === null ? $pairing : self::refusal('url', $fault);
    }

    private static function refusal(string $field, string $message): WP_Error
    {
        return new WP_Error('portal_pairing_invalid', $message, ['status' => 400, 'field' => $field]);
    }
}
