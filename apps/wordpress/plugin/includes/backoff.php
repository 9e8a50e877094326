<?php
/**
 * How long to wait after a delivery that failed: the schedule of Standard Webhooks, with a little chance so that many
 * sites do not come back in the same second; never sooner than the receiver asked.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Backoff
{
    private const DELAYS = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400];
    private const BUSY_STATUSES = [429, 502, 503, 504];
    private const BUSY_SECONDS_MIN = 60;
    private const RETRY_AFTER_SECONDS_MAX = 86400;

    /** @return int|null seconds until the next attempt; null when there shall be none */
    public static function after(int $attempts, int $status, string $retry_after): ?int
    {
        if ($attempts > count(self::DELAYS)) {
            return null;
        }
        $delay = self::DELAYS[$attempts - 1];
        $asked = self::asked($retry_after);
        if ($asked === 0 && in_array($status, self::BUSY_STATUSES, true)) {
            $asked = self::BUSY_SECONDS_MIN;
        }
        return max($delay + random_int(0, max(1, intdiv($delay, 10))), $asked);
    }

    /** `Retry-After`, in seconds or as a date. */
    private static function asked(string $retry_after): int
    {
        $retry_after = trim($retry_after);
        if ($retry_after === '') {
            return 0;
        }
        $seconds = preg_match('/\A\d{1,9}\z/', $retry_after) ? (int) $retry_after : (int) strtotime($retry_after) - time();
        return min(max($seconds, 0), self::RETRY_AFTER_SECONDS_MAX);
    }
}
