<?php
/**
 * Times as the database holds them (UTC, `Y-m-d H:i:s`) and as Portal reads them (RFC 3339 in UTC).
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Clock
{
    public static function now_sql(int $offset = 0): string
    {
        return gmdate('Y-m-d H:i:s', time() + $offset);
    }

    public static function now_iso(): string
    {
        return gmdate('Y-m-d\TH:i:s\Z');
    }

    /** Null for the zero dates that WordPress gives new drafts. */
    public static function iso(?string $sql): ?string
    {
        return $sql === null || $sql === '' || strncmp($sql, '0000', 4) === 0 ? null : str_replace(' ', 'T', $sql) . 'Z';
    }
}
