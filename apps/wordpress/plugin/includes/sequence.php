<?php
/**
 * Numbers the rows of the outbox: 1, 2, 3, … without a gap, in the order in which they became visible.
 *
 * Why not the table's AUTO_INCREMENT: a transaction that is rolled back takes its row along and leaves a gap, which
 * would look like a loss; and of two requests at once, the one with the higher number may commit first, so that a
 * reader who has seen it would never ask for the lower one. So a row gets its number only when a sender or reader sees
 * it, that is, after its commit; one at a time, because all lock the counter's row first.
 *
 * Rows are numbered one by one through their primary key: a statement over a range would wait for the locks of rows
 * that are not committed yet, and an import in one long transaction would stop all sending.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Sequence
{
    private const BATCH_ROWS_MAX = 500;
    /** More than this waits for the next time; a bulk edit must not make one request endless. */
    private const ROWS_MAX = 20000;

    /** @return bool false when the database refused; nothing was numbered by halves then, and the next one tries again */
    public static function assign(): bool
    {
        for ($done = 0; $done < self::ROWS_MAX; $done += self::BATCH_ROWS_MAX) {
            $count = self::assign_batch();
            if ($count === null) {
                return false;
            }
            if ($count < self::BATCH_ROWS_MAX) {
                return true;
            }
        }
        return true;
    }

    private static function assign_batch(): ?int
    {
        global $wpdb;
        // Cheap and without a lock: mostly there is nothing to do.
        if (!$wpdb->get_var('SELECT row_id FROM `' . Tables::outbox() . '` WHERE outbox_id IS NULL LIMIT 1')) {
            return $wpdb->last_error === '' ? 0 : null;
        }
        if ($wpdb->query('START TRANSACTION') === false) {
            return null;
        }
        $count = self::assign_in_transaction();
        $ended = $wpdb->query($count === null ? 'ROLLBACK' : 'COMMIT');
        return $ended === false ? null : $count;
    }

    private static function assign_in_transaction(): ?int
    {
        global $wpdb;
        $counter = $wpdb->get_var('SELECT value FROM `' . Tables::state() . "` WHERE name = 'last_id' FOR UPDATE");
        if ($counter === null) {
            return null;
        }
        // The first plain read of the transaction comes after the lock, and so sees all that was numbered before.
        $rows = $wpdb->get_results('SELECT * FROM `' . Tables::outbox() . '`
            WHERE outbox_id IS NULL ORDER BY row_id LIMIT ' . self::BATCH_ROWS_MAX, ARRAY_A);
        $next = (int) $counter;
        foreach ($rows as &$row) {
            $row['outbox_id'] = ++$next;
            $sql = 'UPDATE `' . Tables::outbox() . '` SET outbox_id = %d WHERE row_id = %d';
            if ($wpdb->query($wpdb->prepare($sql, $next, $row['row_id'])) !== 1) {
                return null;
            }
        }
        unset($row);
        $sql = 'UPDATE `' . Tables::state() . "` SET value = %d WHERE name = 'last_id'";
        $noted = !$rows || (Latest::note($rows) && $wpdb->query($wpdb->prepare($sql, $next)) !== false);
        return $noted ? count($rows) : null;
    }
}
