<?php
/*
 * The settings of a test site. The web server and the scripts of this harness inherit the site's facts as environment
 * variables, so that this file is the same for all sites.
 */

define('DB_NAME', getenv('MYSQL_DATABASE'));
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . getenv('MYSQL_SOCKET'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
$table_prefix = 'wp_';

// The site is wherever it was asked: the port is known only when the server runs, and may change.
$_SERVER['HTTP_HOST'] ??= getenv('SITE_HOST');
define('WP_HOME', 'http://' . $_SERVER['HTTP_HOST'] . rtrim('/' . getenv('SITE_SUBDIR'), '/'));
define('WP_SITEURL', WP_HOME);

define('WP_ENVIRONMENT_TYPE', 'local'); // application passwords and their consent page without https
define('WP_HTTP_BLOCK_EXTERNAL', true); // no hanging update checks
define('WP_ACCESSIBLE_HOSTS', '127.0.0.1,localhost');
define('DISABLE_WP_CRON', true); // a test calls /wp-cron.php?doing_wp_cron when it wants it
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEFAULT_THEME', 'harness');
define('WP_DEBUG', false);

mysqli_report(MYSQLI_REPORT_OFF); // WordPress below 5.9 on PHP 8.1 and above

if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
