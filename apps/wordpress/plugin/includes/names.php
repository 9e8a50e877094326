<?php
/**
 * The names that others see: types of changes, resources that are no post type, hooks of ours.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Names
{
    public const CREATED = 'created';
    public const UPDATED = 'updated';
    public const TRASHED = 'trashed';
    public const RESTORED = 'restored';
    public const DELETED = 'deleted';

    // Of the resource `site`, whose id is 0.
    public const RECORDING_STARTED = 'recording_started';
    public const TIME_ZONE_CHANGED = 'time_zone_changed';
    public const ADDRESS_CHANGED = 'address_changed';
    public const TEST = 'test';

    public const USERS = 'users';
    public const COMMENTS = 'comments';
    public const SITE = 'site';

    /** The event that sends, as soon as cron runs after a change. */
    public const SEND_HOOK = 'portal_connector_send';
    /** The event of every minute, which also sends what an earlier one could not. */
    public const MINUTE_HOOK = 'portal_connector_minute';
    public const MINUTE_SCHEDULE = 'portal_connector_minute';
    public const SCHEDULER_GROUP = 'portal-connector';
}
