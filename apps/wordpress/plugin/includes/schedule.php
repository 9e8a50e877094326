<?php
/**
 * When sending happens: by Action Scheduler where a plugin brings it along, else by WP-Cron.
 *
 * Cron of a site without visitors stands still. Where PHP can let the editor's browser go first, a request that changed
 * something starts cron itself; where it cannot, the next visitor does, or Portal pulls by POST /portal/v1/drain.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Schedule
{
    private const MINUTE = MINUTE_IN_SECONDS;

    /** @param array<string, array> $schedules */
    public static function add_minute(array $schedules): array
    {
        return $schedules + [Names::MINUTE_SCHEDULE => [
            'interval' => self::MINUTE,
            'display' => __('Every minute (Portal Connector)', 'portal-connector'),
        ]];
    }

    /** The safety net; an event costs nothing while it is scheduled. */
    public static function every_minute(): void
    {
        if (self::has_action_scheduler()) {
            if (!as_next_scheduled_action(Names::MINUTE_HOOK, [], Names::SCHEDULER_GROUP)) {
                as_schedule_recurring_action(time() + self::MINUTE, self::MINUTE, Names::MINUTE_HOOK, [], Names::SCHEDULER_GROUP);
            }
            wp_clear_scheduled_hook(Names::MINUTE_HOOK);
        } elseif (!wp_next_scheduled(Names::MINUTE_HOOK)) {
            wp_schedule_event(time() + self::MINUTE, Names::MINUTE_SCHEDULE, Names::MINUTE_HOOK);
        }
    }

    public static function soon(): void
    {
        self::at(time());
    }

    /** WP-Cron takes no second event of the same name within ten minutes; the one of every minute covers that. */
    public static function at(int $time): void
    {
        if (self::has_action_scheduler()) {
            $next = as_next_scheduled_action(Names::SEND_HOOK, [], Names::SCHEDULER_GROUP);
            if ($next !== true && (!$next || $next > $time + self::MINUTE)) {
                as_schedule_single_action($time, Names::SEND_HOOK, [], Names::SCHEDULER_GROUP);
            }
            return;
        }
        $next = wp_next_scheduled(Names::SEND_HOOK);
        if (!$next || $next > $time) {
            wp_clear_scheduled_hook(Names::SEND_HOOK);
            wp_schedule_single_event($time, Names::SEND_HOOK);
        }
    }

    public static function none(): void
    {
        foreach ([Names::SEND_HOOK, Names::MINUTE_HOOK] as $hook) {
            wp_clear_scheduled_hook($hook);
            if (function_exists('as_unschedule_all_actions')) {
                as_unschedule_all_actions($hook, [], Names::SCHEDULER_GROUP);
            }
        }
    }

    /** Starts cron after the browser has its answer; where the browser would have to wait, does nothing. */
    public static function start_behind(): void
    {
        if (wp_doing_cron() || (defined('DISABLE_WP_CRON') && DISABLE_WP_CRON) || PHP_SAPI === 'cli') {
            return;
        }
        if (function_exists('fastcgi_finish_request')) {
            fastcgi_finish_request();
        } elseif (function_exists('litespeed_finish_request')) {
            litespeed_finish_request();
        } else {
            return;
        }
        spawn_cron();
    }

    public static function has_action_scheduler(): bool
    {
        return function_exists('as_schedule_single_action') && function_exists('as_next_scheduled_action')
            && class_exists('ActionScheduler', false) && (!method_exists('ActionScheduler', 'is_initialized') || \ActionScheduler::is_initialized());
    }
}
