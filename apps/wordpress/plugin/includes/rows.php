<?php
/**
 * Writes rows to the outbox. A plugin that watches must not disturb: the answer of the query that WordPress made last
 * is put back, and a failure is logged, never thrown at the editor.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Rows
{
    private const COLUMNS = ['type', 'resource', 'object_id', 'modified_gmt', 'blog_id', 'actor_id'];
    private const ANSWER = ['last_query', 'last_error', 'last_result', 'insert_id', 'rows_affected', 'num_rows'];

    /**
     * @param array<int, array> $rows each with the columns above
     * @return int the row_id of the first
     */
    public static function insert(array $rows): int
    {
        return self::undisturbed(static function () use ($rows) {
            global $wpdb;
            $values = [];
            foreach ($rows as $row) {
                $values[] = $wpdb->prepare(
                    '(%s, %s, %d, %s, %d, %d)',
                    array_map(static fn($column) => $row[$column], self::COLUMNS)
                );
            }
            $sql = 'INSERT INTO `' . Tables::outbox() . '` (' . implode(', ', self::COLUMNS) . ') VALUES ';
            if ($wpdb->query($sql . implode(', ', $values)) === false) {
                error_log('Portal Connector could not record a change: ' . $wpdb->last_error);
                return 0;
            }
            return (int) $wpdb->insert_id;
        });
    }

    /** @return bool false when the row has its number already, or is gone with a transaction */
    public static function retype(int $row_id, string $type): bool
    {
        return self::undisturbed(static function () use ($row_id, $type) {
            global $wpdb;
            $sql = 'UPDATE `' . Tables::outbox() . '` SET type = %s WHERE row_id = %d AND outbox_id IS NULL';
            return $wpdb->query($wpdb->prepare($sql, $type, $row_id)) === 1;
        });
    }

    /**
     * @param int[] $row_ids
     * @return array<int, true> those that still wait for their number
     */
    public static function waiting(array $row_ids): array
    {
        return self::undisturbed(static function () use ($row_ids) {
            global $wpdb;
            $waiting = [];
            foreach (array_chunk($row_ids, 500) as $some) {
                $list = implode(',', array_map('intval', $some));
                $sql = 'SELECT row_id FROM `' . Tables::outbox() . "` WHERE outbox_id IS NULL AND row_id IN ($list)";
                $waiting += array_fill_keys(array_map('intval', $wpdb->get_col($sql)), true); // phpcs:ignore WordPress.DB
            }
            return $waiting;
        });
    }

    private static function undisturbed(callable $query)
    {
        global $wpdb;
        $answer = [];
        foreach (self::ANSWER as $name) {
            $answer[$name] = $wpdb->$name;
        }
        $suppressed = $wpdb->suppress_errors(true);
        try {
            return $query();
        } finally {
            $wpdb->suppress_errors($suppressed);
            foreach ($answer as $name => $value) {
                $wpdb->$name = $value;
            }
        }
    }
}
