<?php
/**
 * Settings that change what everything else means: the time zone that all local times are in, and the site's address.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Site_Hooks
{
    private const OPTIONS = [
        'timezone_string' => Names::TIME_ZONE_CHANGED,
        'gmt_offset' => Names::TIME_ZONE_CHANGED,
        'home' => Names::ADDRESS_CHANGED,
        'siteurl' => Names::ADDRESS_CHANGED,
        'permalink_structure' => Names::ADDRESS_CHANGED, // the REST API's address follows it
    ];

    public static function register(): void
    {
        foreach (self::OPTIONS as $option => $type) {
            $note = static fn() => Recorder::changed($type, Names::SITE, 0);
            add_action("add_option_$option", $note);
            add_action("update_option_$option", $note);
            add_action("delete_option_$option", $note);
        }
    }
}
