<?php
/**
 * The plugin's own tables, one set for each site of a network.
 *
 * outbox  what changed, in the order it was written; `outbox_id` is empty until Sequence gives the row its number
 * latest  the last change of each thing; what is gone stays as a tombstone
 * state   counters and the sender's memory. Not options: these must be seen by parallel requests at once, also where
 *         options come from an object cache, and Sequence locks a row of it
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Tables
{
    /** Names which tables a site has; autoloaded, so that asking costs nothing. */
    public const VERSION_OPTION = 'portal_connector_tables';
    private const LAYOUT = '1';
    private const NAMES = ['outbox', 'latest', 'state'];

    public static function outbox(): string
    {
        return self::name('outbox');
    }

    public static function latest(): string
    {
        return self::name('latest');
    }

    public static function state(): string
    {
        return self::name('state');
    }

    /** @return string[] the names of all tables of the current site */
    public static function all(): array
    {
        return array_map([self::class, 'name'], self::NAMES);
    }

    /** Makes the current site's tables where they are not there yet; a site added to a network has none at first. */
    public static function ensure(): void
    {
        if (get_option(self::VERSION_OPTION) !== self::LAYOUT) {
            self::create();
        }
    }

    /** At activation also where the option says that they are there: a backup may have left them out. */
    public static function mend(): void
    {
        self::create();
    }

    public static function drop(): void
    {
        global $wpdb;
        foreach (self::all() as $table) {
            $wpdb->query("DROP TABLE IF EXISTS `$table`"); // phpcs:ignore WordPress.DB
        }
        delete_option(self::VERSION_OPTION);
    }

    private static function create(): void
    {
        global $wpdb;
        $collation = $wpdb->get_charset_collate();
        // InnoDB by name: a rollback must take the row with it, and Sequence needs a row lock.
        $end = "ENGINE=InnoDB $collation";
        $change = 'type VARCHAR(32) NOT NULL, resource VARCHAR(64) NOT NULL, object_id BIGINT UNSIGNED NOT NULL,
            modified_gmt DATETIME NOT NULL, blog_id BIGINT UNSIGNED NOT NULL, actor_id BIGINT UNSIGNED NOT NULL';
        $made = $wpdb->query('CREATE TABLE IF NOT EXISTS `' . self::outbox() . "` (
            row_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, outbox_id BIGINT UNSIGNED NULL, $change,
            PRIMARY KEY (row_id), UNIQUE KEY outbox_id (outbox_id)) $end")
            && $wpdb->query('CREATE TABLE IF NOT EXISTS `' . self::latest() . "` (
            outbox_id BIGINT UNSIGNED NOT NULL, $change,
            PRIMARY KEY (resource, object_id), KEY outbox_id (outbox_id), KEY gone (type, outbox_id)) $end")
            && $wpdb->query('CREATE TABLE IF NOT EXISTS `' . self::state() . "` (
            name VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name)) $end");
        if (!$made) {
            error_log('Portal Connector could not create its tables: ' . $wpdb->last_error);
            return;
        }
        State::begin();
        update_option(self::VERSION_OPTION, self::LAYOUT, true);
    }

    private static function name(string $name): string
    {
        global $wpdb;
        return $wpdb->prefix . 'portal_' . $name; // the prefix follows switch_to_blog()
    }
}
