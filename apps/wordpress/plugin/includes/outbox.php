<?php
/**
 * Reads numbered rows, in order, and marks what Portal has taken.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Outbox
{
    /** @return array<int, array> changes as Portal reads them */
    public static function after(int $after, int $limit): array
    {
        global $wpdb;
        $sql = 'SELECT outbox_id, type, resource, object_id, modified_gmt, blog_id, actor_id FROM `' . Tables::outbox() . '`
            WHERE outbox_id > %d ORDER BY outbox_id LIMIT %d';
        return array_map([self::class, 'change'], $wpdb->get_results($wpdb->prepare($sql, $after, $limit), ARRAY_A));
    }

    /** @param array<string, string> $row */
    public static function change(array $row): array
    {
        return [
            'outbox_id' => (int) $row['outbox_id'],
            'type' => $row['type'],
            'resource' => $row['resource'],
            'id' => (int) $row['object_id'],
            'modified_gmt' => Clock::iso($row['modified_gmt']),
            'blog_id' => (int) $row['blog_id'],
            'actor_id' => (int) $row['actor_id'],
        ];
    }

    /** Portal has everything up to this number. */
    public static function acknowledge(int $id): void
    {
        State::raise('acknowledged', $id);
    }

    /** Rows that Portal has not taken, whether they have their number yet or not. */
    public static function backlog(): int
    {
        global $wpdb;
        $waiting = (int) $wpdb->get_var('SELECT COUNT(*) FROM `' . Tables::outbox() . '` WHERE outbox_id IS NULL');
        return $waiting + max(0, State::number('last_id') - max(State::number('acknowledged'), State::number('pruned')));
    }

    /** Seconds since the last change was recorded; null when none was, or none is kept. */
    public static function seconds_since_last(): ?int
    {
        global $wpdb;
        $last = $wpdb->get_var('SELECT modified_gmt FROM `' . Tables::outbox() . '` ORDER BY row_id DESC LIMIT 1');
        return $last === null ? null : max(0, time() - (int) strtotime("$last UTC"));
    }
}
