<?php
/**
 * The routes under `portal/v1`.
 */

namespace PortalConnector;

use WP_REST_Response;

defined('ABSPATH') || exit;

final class Routes
{
    private const SPACE = 'portal/v1';
    public const LIMIT_MAX = 500;
    private const LIMIT_DEFAULT = 100;

    public static function register(): void
    {
        $after = self::number(0, PHP_INT_MAX) + ['default' => 0];
        $limit = self::number(1, self::LIMIT_MAX) + ['default' => self::LIMIT_DEFAULT];
        $resource = ['type' => 'string', 'default' => '', 'maxLength' => 64];

        self::route('/status', 'GET', [Outbox_Routes::class, 'status'], []);
        self::route('/outbox', 'GET', [Outbox_Routes::class, 'outbox'], ['after' => $after, 'limit' => $limit]);
        self::route('/drain', 'POST', [Outbox_Routes::class, 'drain'], ['after' => self::number(0, PHP_INT_MAX), 'limit' => $limit]);
        self::route('/tombstones', 'GET', [Outbox_Routes::class, 'tombstones'], ['after' => $after, 'limit' => $limit]);
        self::route('/changes', 'GET', [Outbox_Routes::class, 'changes'], [
            'cursor' => ['type' => 'string', 'default' => ''],
            'resource' => $resource,
            'limit' => $limit,
        ]);
        self::route('/test', 'POST', [Outbox_Routes::class, 'test'], []);
        $text = ['type' => 'string'];
        // Another pairing takes the place of this one, which its own secret must not be able to do.
        self::route('/pair', 'POST', [Pairing_Routes::class, 'pair'], [
            'code' => $text, 'url' => $text, 'secret' => $text, 'connection' => $text,
        ], 'check_administrator');
        self::route('/unpair', 'POST', [Pairing_Routes::class, 'unpair'], []);
    }

    /** Nothing between here and Portal may keep an answer. */
    public static function answer(array $body): WP_REST_Response
    {
        $answer = new WP_REST_Response($body);
        $answer->header('Cache-Control', 'no-store, private');
        return $answer;
    }

    private static function route(string $route, string $method, callable $callback, array $arguments, string $access = 'check'): void
    {
        register_rest_route(self::SPACE, $route, [
            'methods' => $method,
            'callback' => $callback,
            'permission_callback' => [Access::class, $access],
            'args' => $arguments,
        ]);
    }

    private static function number(int $minimum, int $maximum): array
    {
        return ['type' => 'integer', 'minimum' => $minimum, 'maximum' => $maximum];
    }
}
