<?php
/**
 * Names posts and terms as the REST API does: by the `rest_base` of their type (`posts`, `media`, `categories`, …), or
 * by the type itself where the API hides it.
 */

namespace PortalConnector;

use WP_Post;

defined('ABSPATH') || exit;

final class Resources
{
    /** Types that are the machinery of WordPress and of plugins, and change all the time. */
    private const IGNORED_TYPES = ['revision', 'customize_changeset', 'oembed_cache', 'scheduled-action', 'user_request'];

    public static function of_post_type(string $type): string
    {
        $object = get_post_type_object($type);
        return substr($object && is_string($object->rest_base) && $object->rest_base !== '' ? $object->rest_base : $type, 0, 64);
    }

    public static function of_taxonomy(string $taxonomy): string
    {
        $object = get_taxonomy($taxonomy);
        return substr($object && is_string($object->rest_base) && $object->rest_base !== '' ? $object->rest_base : $taxonomy, 0, 64);
    }

    /** @return string[] the post types that a resource's name may mean */
    public static function post_types(string $resource): array
    {
        return array_values(array_filter(
            get_post_types(),
            static fn($type) => !self::is_ignored_type($type) && self::of_post_type($type) === $resource
        ));
    }

    public static function is_ignored_type(string $type): bool
    {
        return in_array($type, self::IGNORED_TYPES, true);
    }

    /** The `auto-draft` behind every "Add new" screen is no post yet. */
    public static function is_recorded(WP_Post $post): bool
    {
        return $post->post_status !== 'auto-draft' && !self::is_ignored_type($post->post_type);
    }
}
