<?php
/**
 * What changed since a cursor, ids only, so that a site can be followed by asking alone.
 *
 * Two sources, each read by a key that never skips: posts by (`post_modified_gmt`, ID), which finds what is older than
 * this plugin and what was written past WordPress; and the last change of each thing by its number, which finds what
 * leaves `post_modified` alone: meta, terms, scheduled publishing, back-dated imports, users, comments. A thing can come
 * from both; a reader fetches it by id and loses nothing by seeing it twice. Ends are not here but at /tombstones.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Feed
{
    /** Younger rows may still be followed by one of the same second. The hooks have seen them, and tell of them. */
    private const SETTLED_SECONDS = 2;
    private const PRESENT = 'now';

    /** The place of somebody who needs nothing of before. */
    private static function present(): array
    {
        $place = ['modified' => Clock::now_sql(-self::SETTLED_SECONDS), 'id' => 0, 'outbox' => State::number('last_id')];
        return ['changes' => [], 'cursor' => self::print($place), 'more' => false];
    }

    /**
     * @return array{changes: array<int, array>, cursor: string, more: bool}|null null for a cursor that is none
     */
    public static function read(string $cursor, string $resource, int $limit): ?array
    {
        if ($cursor === self::PRESENT) {
            return self::present();
        }
        $place = self::parse($cursor);
        if ($place === null) {
            return null;
        }
        $posts = self::posts($place, $resource, $limit);
        $noted = Latest::after($place['outbox'], $resource, max(0, $limit - count($posts)));
        if ($posts) {
            $last = end($posts);
            $place = ['modified' => $last['modified_gmt'], 'id' => (int) $last['object_id']] + $place;
        }
        if ($noted) {
            $place['outbox'] = (int) end($noted)['outbox_id'];
        }
        $changes = array_merge($posts, $noted);
        usort($changes, static fn($a, $b) => [$a['modified_gmt'], (int) $a['object_id']] <=> [$b['modified_gmt'], (int) $b['object_id']]);
        return [
            'changes' => array_map([self::class, 'change'], $changes),
            'cursor' => self::print($place),
            'more' => count($changes) >= $limit,
        ];
    }

    private static function posts(array $place, string $resource, int $limit): array
    {
        global $wpdb;
        $types = $resource === '' ? self::all_types() : Resources::post_types($resource);
        if (!$types) {
            return [];
        }
        $list = implode(', ', array_fill(0, count($types), '%s'));
        $sql = "SELECT ID AS object_id, post_type, post_modified_gmt AS modified_gmt FROM $wpdb->posts
            WHERE post_type IN ($list) AND post_status <> 'auto-draft' AND post_modified_gmt <= %s
            AND (post_modified_gmt > %s OR (post_modified_gmt = %s AND ID > %d))
            ORDER BY post_modified_gmt, ID LIMIT %d";
        $values = array_merge(
            $types,
            [Clock::now_sql(-self::SETTLED_SECONDS), $place['modified'], $place['modified'], $place['id'], $limit]
        );
        return array_map(
            static fn($row) => $row + ['resource' => Resources::of_post_type($row['post_type'])],
            $wpdb->get_results($wpdb->prepare($sql, $values), ARRAY_A)
        );
    }

    private static function all_types(): array
    {
        return array_values(array_filter(get_post_types(), static fn($type) => !Resources::is_ignored_type($type)));
    }

    private static function change(array $row): array
    {
        return [
            'resource' => $row['resource'],
            'id' => (int) $row['object_id'],
            'modified_gmt' => Clock::iso($row['modified_gmt']),
        ] + (isset($row['outbox_id']) ? ['outbox_id' => (int) $row['outbox_id']] : []);
    }

    private static function parse(string $cursor): ?array
    {
        if ($cursor === '') {
            return ['modified' => '0000-00-00 00:00:00', 'id' => 0, 'outbox' => 0];
        }
        if (!preg_match('/\A(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)_(\d{1,19})_(\d{1,19})\z/', $cursor, $found)) {
            return null;
        }
        return ['modified' => "$found[1] $found[2]", 'id' => (int) $found[3], 'outbox' => (int) $found[4]];
    }

    private static function print(array $place): string
    {
        return str_replace(' ', 'T', $place['modified']) . "_{$place['id']}_{$place['outbox']}";
    }
}
