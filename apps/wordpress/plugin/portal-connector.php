<?php
/**
 * Plugin Name:       Portal Connector
 * Description:       Tells Portal within seconds what changed on this site: posts, pages, media, users, terms and comments. Editors never wait for it, and no change is lost while Portal cannot be reached.
 * Version:           1.0.0
 * Requires at least: 5.7
 * Requires PHP:      7.4
 * Author:            Portal Integrations
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       portal-connector
 *
 * The path of a change: a WordPress hook (includes/hooks) → one row in the outbox, in the same request (Recorder) →
 * a gap-free number (Sequence) → a signed delivery from cron (Sender), or a pull over REST (includes/rest).
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

const VERSION = '1.0.0';
const PLUGIN_FILE = __FILE__;

require_once __DIR__ . '/includes/load.php';

register_activation_hook(__FILE__, [Lifecycle::class, 'activate']);
register_deactivation_hook(__FILE__, [Lifecycle::class, 'deactivate']);

Lifecycle::start();
