<?php
/**
 * Loads the plugin's files; there is no autoloader to go wrong.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

foreach (
    [
        'tables',
        'state',
        'clock',
        'names',
        'resources',
        'rows',
        'recorder',
        'sequence',
        'outbox',
        'latest',
        'feed',
        'signature',
        'pairing-code',
        'pairing',
        'endpoint',
        'backoff',
        'delivery',
        'sender',
        'schedule',
        'status',
        'retention',
        'lifecycle',
        'settings-page',
        'settings-actions',
        'hooks/posts',
        'hooks/post-parts',
        'hooks/post-relatives',
        'hooks/users',
        'hooks/terms',
        'hooks/comments',
        'hooks/site',
        'rest/access',
        'rest/signed-request',
        'rest/routes',
        'rest/outbox-routes',
        'rest/pairing-routes',
    ] as $portal_connector_file
) {
    require_once __DIR__ . '/' . $portal_connector_file . '.php';
}
unset($portal_connector_file);
