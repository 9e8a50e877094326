<?php
/**
 * Pairing and its end, over REST: an administrator's application password is enough for Portal to pair by itself.
 */

namespace PortalConnector;

use WP_REST_Request;

defined('ABSPATH') || exit;

final class Pairing_Routes
{
    /** POST /pair {"code": "portal-pair:…"}, or its three fields. Pairing the same connection again changes its secret. */
    public static function pair(WP_REST_Request $request)
    {
        $pairing = is_string($request['code'])
            ? Pairing_Code::parse($request['code'])
            : Pairing_Code::check(['url' => $request['url'], 'secret' => $request['secret'], 'connection' => $request['connection']]);
        if (is_wp_error($pairing)) {
            return $pairing;
        }
        $after = Pairing::set($pairing);
        return Routes::answer([
            'paired' => true,
            'connection' => $pairing['connection'],
            'site' => (string) get_option('home'),
            'epoch' => State::get('epoch'),
            'after' => $after,
        ]);
    }

    public static function unpair()
    {
        $was = Pairing::get();
        Pairing::end();
        return Routes::answer(['paired' => false, 'connection' => $was['connection'] ?? null]);
    }
}
