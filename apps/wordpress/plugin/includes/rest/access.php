<?php
/**
 * Who may use the routes: Portal by a signed request, or an administrator, in practice by an application password.
 */

namespace PortalConnector;

use WP_Error;
use WP_REST_Request;

defined('ABSPATH') || exit;

final class Access
{
    /** @return bool|WP_Error */
    public static function check(WP_REST_Request $request)
    {
        // A request that carries a signature stands or falls with it.
        if (Signed_Request::is_signed($request)) {
            return Signed_Request::verify($request);
        }
        return self::check_administrator();
    }

    /** @return bool|WP_Error for what gives the secret away or takes another's place: an administrator has to do it */
    public static function check_administrator()
    {
        if (current_user_can('manage_options')) {
            return true;
        }
        return new WP_Error(
            is_user_logged_in() ? 'portal_forbidden' : 'portal_not_authenticated',
            __('This needs a request signed with the pairing secret, or the application password of a user who may manage the settings (capability manage_options).', 'portal-connector'),
            ['status' => rest_authorization_required_code()]
        );
    }
}
