<?php
/**
 * How things stand: for GET /portal/v1/status and for the settings page.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Status
{
    private const CRON_ALIVE_SECONDS = 900;

    /** @return array<string, mixed> never a secret */
    public static function read(): array
    {
        $pairing = Pairing::get();
        return [
            'version' => VERSION,
            'wordpress' => get_bloginfo('version'),
            'php' => PHP_VERSION,
            'site' => (string) get_option('home'),
            'blog_id' => get_current_blog_id(),
            'time' => Clock::now_iso(),
            'epoch' => State::get('epoch'),
            'paired' => $pairing !== null,
            'connection' => $pairing['connection'] ?? null,
            'url' => $pairing['url'] ?? null,
            'moved' => Pairing::moved(),
            'last_id' => State::number('last_id'),
            'acknowledged' => State::number('acknowledged'),
            'pruned' => State::number('pruned'),
            'backlog' => Outbox::backlog(),
            'last_sent' => self::time('last_sent'),
            'last_error' => self::text('last_error'),
            'stopped' => self::text('stopped'),
            'attempts' => State::number('attempts'),
            'next_attempt' => self::time('next_attempt'),
            'scheduler' => Schedule::has_action_scheduler() ? 'action-scheduler' : 'wp-cron',
            'cron_alive' => State::number('cron_ran') > time() - self::CRON_ALIVE_SECONDS,
            'cron_ran' => self::time('cron_ran'),
            'seconds_since_last_event' => Outbox::seconds_since_last(),
        ];
    }

    private static function text(string $name): ?string
    {
        $value = State::get($name);
        return $value === '' ? null : $value;
    }

    private static function time(string $name): ?string
    {
        $value = State::number($name);
        return $value === 0 ? null : gmdate('Y-m-d\TH:i:s\Z', $value);
    }
}
