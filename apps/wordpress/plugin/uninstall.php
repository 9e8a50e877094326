<?php
/**
 * Removes everything: tables, options, events; on all sites of a network.
 */

namespace PortalConnector;

defined('WP_UNINSTALL_PLUGIN') || exit;

require_once __DIR__ . '/includes/tables.php';
require_once __DIR__ . '/includes/names.php';
require_once __DIR__ . '/includes/pairing.php';
require_once __DIR__ . '/includes/schedule.php';

foreach (is_multisite() ? get_sites(['fields' => 'ids', 'number' => 0]) : [0] as $portal_connector_site) {
    if ($portal_connector_site) {
        switch_to_blog((int) $portal_connector_site);
    }
    Schedule::none();
    Tables::drop();
    delete_option(Pairing::OPTION);
    if ($portal_connector_site) {
        restore_current_blog();
    }
}
