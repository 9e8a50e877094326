<?php
/**
 * How long things are kept. Nothing here may grow for ever, also on a site whose Portal never comes back.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Retention
{
    private const TAKEN_DAYS = 7;
    private const NOT_TAKEN_DAYS = 30;
    private const NOT_TAKEN_ROWS_MAX = 500000;
    private const TOMBSTONE_DAYS = 180;
    private const ROWS_AT_ONCE = 5000;

    /** Removes the oldest rows; `pruned` says up to which number, so that a reader knows what it cannot ask for. */
    public static function apply(): void
    {
        global $wpdb;
        $taken = State::number('acknowledged');
        $up_to = max(
            self::last_before(self::TAKEN_DAYS, $taken),
            self::last_before(self::NOT_TAKEN_DAYS, PHP_INT_MAX),
            State::number('last_id') - self::NOT_TAKEN_ROWS_MAX
        );
        if ($up_to > State::number('pruned')) {
            // First the word, then the deed: dying in between must not look as if nothing were missing.
            State::raise('pruned', $up_to);
        }
        $sql = 'DELETE FROM `' . Tables::outbox() . '` WHERE outbox_id <= %d LIMIT %d';
        $wpdb->query($wpdb->prepare($sql, State::number('pruned'), self::ROWS_AT_ONCE));
        $sql = 'DELETE FROM `' . Tables::latest() . '` WHERE type = %s AND modified_gmt < %s LIMIT %d';
        $wpdb->query($wpdb->prepare($sql, Names::DELETED, Clock::now_sql(-self::TOMBSTONE_DAYS * DAY_IN_SECONDS), self::ROWS_AT_ONCE));
    }

    private static function last_before(int $days, int $at_most): int
    {
        global $wpdb;
        $oldest = $wpdb->get_var('SELECT modified_gmt FROM `' . Tables::outbox() . '` WHERE outbox_id IS NOT NULL ORDER BY outbox_id LIMIT 1');
        $before = Clock::now_sql(-$days * DAY_IN_SECONDS);
        if ($oldest === null || $oldest >= $before) {
            return 0; // mostly so; then the table need not be searched
        }
        $sql = 'SELECT MAX(outbox_id) FROM `' . Tables::outbox() . '` WHERE outbox_id <= %d AND modified_gmt < %s';
        return (int) $wpdb->get_var($wpdb->prepare($sql, $at_most, $before));
    }
}
