<?php
/**
 * What must be the same for all requests at every moment: counters, and how sending goes. One row a value.
 *
 *   epoch           names this outbox; a new one begins when the tables are made anew, and its numbers begin again at 1
 *   last_id         the last number that Sequence gave
 *   acknowledged    the last number that Portal has taken
 *   pruned          the last number that is no longer kept
 *   …               the sender's, see Delivery and Sender; and `nonce:…`, see Signed_Request
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class State
{
    /** What exists from the beginning, so that a row can be locked and counters have a value. */
    public static function begin(): void
    {
        self::add('epoch', bin2hex(random_bytes(8)));
        foreach (['last_id', 'acknowledged', 'pruned'] as $counter) {
            self::add($counter, '0');
        }
        self::add('lease', '0');
    }

    public static function get(string $name): string
    {
        global $wpdb;
        $sql = 'SELECT value FROM `' . Tables::state() . '` WHERE name = %s';
        return (string) $wpdb->get_var($wpdb->prepare($sql, $name));
    }

    public static function number(string $name): int
    {
        return (int) self::get($name);
    }

    /** @param array<string, string|int> $values */
    public static function set(array $values): void
    {
        global $wpdb;
        foreach ($values as $name => $value) {
            $wpdb->replace(Tables::state(), ['name' => $name, 'value' => (string) $value], '%s');
        }
    }

    /** Moves a counter forward, never back, whatever other requests do at the same time. */
    public static function raise(string $name, int $to): void
    {
        global $wpdb;
        $sql = 'UPDATE `' . Tables::state() . '` SET value = %d WHERE name = %s AND CAST(value AS UNSIGNED) < %d';
        $wpdb->query($wpdb->prepare($sql, $to, $name, $to));
    }

    /** @return bool false when the name is there already, for whoever comes second of two at once, too */
    public static function add(string $name, string $value): bool
    {
        global $wpdb;
        $sql = 'INSERT IGNORE INTO `' . Tables::state() . '` (name, value) VALUES (%s, %s)';
        return $wpdb->query($wpdb->prepare($sql, $name, $value)) === 1;
    }

    public static function forget(string ...$names): void
    {
        global $wpdb;
        foreach ($names as $name) {
            $wpdb->delete(Tables::state(), ['name' => $name], '%s');
        }
    }

    /** Takes or renews the sender's lease. Its clock is the database's: web servers of one site may disagree. */
    public static function take_lease(string $holder, int $seconds): bool
    {
        global $wpdb;
        $sql = 'UPDATE `' . Tables::state() . "` SET value = CONCAT(UNIX_TIMESTAMP() + %d, ' ', %s)
            WHERE name = 'lease' AND (CAST(SUBSTRING_INDEX(value, ' ', 1) AS UNSIGNED) <= UNIX_TIMESTAMP() OR value LIKE %s)";
        $wpdb->query($wpdb->prepare($sql, $seconds, $holder, '% ' . $wpdb->esc_like($holder)));
        // Asked anew: renewed within one second, the row does not change and counts as not updated.
        $value = self::get('lease');
        return substr($value, -strlen($holder) - 1) === " $holder";
    }

    public static function end_lease(string $holder): void
    {
        global $wpdb;
        $sql = 'UPDATE `' . Tables::state() . "` SET value = '0' WHERE name = 'lease' AND value LIKE %s";
        $wpdb->query($wpdb->prepare($sql, '% ' . $wpdb->esc_like($holder)));
    }
}
