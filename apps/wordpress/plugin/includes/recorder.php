<?php
/**
 * One row for each thing that changed in a request, however often it changed.
 *
 * The row is written at the first change, and not at the end of the request: so it shares the fate of the change when
 * a plugin uses a transaction, and it is there if the process dies in the middle. WordPress goes on changing the thing
 * afterwards (a user's roles come after `user_register`); should the row get its number and be sent in between, the
 * end of the request writes a second one.
 *
 * A request that changes many things (an import, a bulk edit) changes over to writing rows by the fifty.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Recorder
{
    private const WRITTEN_SINGLY_MAX = 20;
    private const BUFFER_ROWS_MAX = 50;
    private const BUFFER_SECONDS_MAX = 1.0;
    /** Things remembered for coalescing; a longer import forgets the first ones and may write them twice. */
    private const REMEMBERED_MAX = 20000;
    private const WEIGHT = [Names::UPDATED => 0, Names::CREATED => 1, Names::RESTORED => 2, Names::TRASHED => 2, Names::DELETED => 3];

    /** @var array<string, array{row: array, row_id: int, again: bool}> by blog, resource and id */
    private static $things = [];
    /** @var array<int, string[]> keys of the things not written yet, by blog */
    private static $buffer = [];
    private static $buffered_since = 0.0;
    private static $written = 0;
    private static $anything = false;

    public static function changed(string $type, string $resource, int $id): void
    {
        $blog = get_current_blog_id();
        $key = "$blog $resource $id" . ($resource === Names::SITE ? " $type" : '');
        if (!isset(self::$things[$key])) {
            self::first($key, self::row($type, $resource, $id, $blog));
        } else {
            self::further($key, $type);
        }
    }

    /** At the end of the request, and between the batches of a long one. */
    public static function finish(): void
    {
        self::flush();
        $again = [];
        foreach (self::$things as $key => $thing) {
            if ($thing['again']) {
                $again[$thing['row']['blog_id']][$key] = $thing['row_id'];
            }
        }
        foreach ($again as $blog => $row_ids) {
            self::on_blog($blog, static function () use ($row_ids) {
                $waiting = Rows::waiting(array_values($row_ids));
                $gone = array_filter($row_ids, static fn($row_id) => !isset($waiting[$row_id]));
                foreach (array_chunk(array_keys($gone), self::BUFFER_ROWS_MAX) as $keys) {
                    Rows::insert(array_map(static fn($key) => self::refreshed(self::$things[$key]['row']), $keys));
                }
            });
        }
        self::$things = [];
    }

    /** Did this request write anything that wants sending? */
    public static function wrote(): bool
    {
        return self::$anything;
    }

    private static function first(string $key, array $row): void
    {
        self::$anything = true;
        if (count(self::$things) >= self::REMEMBERED_MAX) {
            self::finish();
        }
        self::$things[$key] = ['row' => $row, 'row_id' => 0, 'again' => false];
        if (self::$written < self::WRITTEN_SINGLY_MAX) {
            self::$written++;
            Tables::ensure();
            self::$things[$key]['row_id'] = Rows::insert([$row]);
            return;
        }
        // The newest stays behind: WordPress goes on changing it, and those changes are the same row.
        $is_old = self::$buffer && microtime(true) - self::$buffered_since > self::BUFFER_SECONDS_MAX;
        if ($is_old || count(self::$buffer[$row['blog_id']] ?? []) >= self::BUFFER_ROWS_MAX) {
            self::flush();
        }
        if (!self::$buffer) {
            self::$buffered_since = microtime(true);
        }
        self::$buffer[$row['blog_id']][] = $key;
    }

    private static function further(string $key, string $type): void
    {
        $thing = &self::$things[$key];
        $known = $thing['row']['type'];
        $weight = self::WEIGHT[$type] ?? 0;
        $weightier = ($type !== $known && $weight > 0 && $weight >= (self::WEIGHT[$known] ?? 0))
            || ($known === Names::DELETED && $type === Names::CREATED);
        if ($weightier) {
            $thing['row'] = self::refreshed($thing['row'], $type);
        }
        if ($thing['row_id'] === 0) {
            return; // still in the buffer, where the type is changed already
        }
        if (!$weightier) {
            $thing['again'] = true;
        } elseif (!Rows::retype($thing['row_id'], $type)) {
            $thing['row_id'] = Rows::insert([$thing['row']]);
        }
    }

    private static function flush(): void
    {
        $buffer = self::$buffer;
        self::$buffer = [];
        foreach ($buffer as $blog => $keys) {
            self::on_blog($blog, static function () use ($keys) {
                Rows::insert(array_map(static fn($key) => self::$things[$key]['row'], $keys));
            });
            foreach ($keys as $key) {
                // The row_id of one among many is not known for sure; a later change writes a row of its own.
                unset(self::$things[$key]);
            }
        }
    }

    private static function row(string $type, string $resource, int $id, int $blog): array
    {
        return [
            'type' => $type,
            'resource' => $resource,
            'object_id' => $id,
            'modified_gmt' => Clock::now_sql(),
            'blog_id' => $blog,
            'actor_id' => get_current_user_id(),
        ];
    }

    private static function refreshed(array $row, ?string $type = null): array
    {
        return ['type' => $type ?? $row['type'], 'modified_gmt' => Clock::now_sql()] + $row;
    }

    private static function on_blog(int $blog, callable $write): void
    {
        $switch = is_multisite() && $blog !== get_current_blog_id();
        if ($switch) {
            switch_to_blog($blog);
        }
        try {
            Tables::ensure();
            $write();
        } finally {
            if ($switch) {
                restore_current_blog();
            }
        }
    }
}
