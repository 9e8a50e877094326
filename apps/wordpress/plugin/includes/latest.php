<?php
/**
 * The last change of each thing. From it come the feed, and the tombstones: things whose last change was their end.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Latest
{
    private const COLUMNS = 'outbox_id, type, resource, object_id, modified_gmt, blog_id, actor_id';

    /** @param array<int, array> $rows as numbered, in order; a later one of the same thing replaces the earlier one */
    public static function note(array $rows): bool
    {
        global $wpdb;
        $values = [];
        foreach ($rows as $row) {
            $values[] = $wpdb->prepare('(%d, %s, %s, %d, %s, %d, %d)', [
                $row['outbox_id'], $row['type'], $row['resource'], $row['object_id'],
                $row['modified_gmt'], $row['blog_id'], $row['actor_id'],
            ]);
        }
        $sql = 'REPLACE INTO `' . Tables::latest() . '` (' . self::COLUMNS . ') VALUES ' . implode(', ', $values);
        return $wpdb->query($sql) !== false; // phpcs:ignore WordPress.DB
    }

    /** @return array<int, array> what is gone, by the number of its end */
    public static function tombstones(int $after, int $limit): array
    {
        global $wpdb;
        $sql = 'SELECT ' . self::COLUMNS . ' FROM `' . Tables::latest() . '`
            WHERE type = %s AND outbox_id > %d ORDER BY outbox_id LIMIT %d';
        return $wpdb->get_results($wpdb->prepare($sql, Names::DELETED, $after, $limit), ARRAY_A);
    }

    /** @return array<int, array> what changed after that number, the end of things left out */
    public static function after(int $after, string $resource, int $limit): array
    {
        global $wpdb;
        $sql = 'SELECT ' . self::COLUMNS . ' FROM `' . Tables::latest() . '` WHERE outbox_id > %d AND type <> %s AND resource <> %s';
        $values = [$after, Names::DELETED, Names::SITE];
        if ($resource !== '') {
            $sql .= ' AND resource = %s';
            $values[] = $resource;
        }
        $values[] = $limit;
        return $wpdb->get_results($wpdb->prepare("$sql ORDER BY outbox_id LIMIT %d", $values), ARRAY_A);
    }
}
