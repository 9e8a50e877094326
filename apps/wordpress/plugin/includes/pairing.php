<?php
/**
 * Which Portal this site tells, and by which secret. The secret goes in and is never shown again.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Pairing
{
    public const OPTION = 'portal_connector_pairing';
    /** After a new secret, the old one signs and is accepted for this long, so that nothing is refused in between. */
    private const OLD_SECRET_SECONDS = DAY_IN_SECONDS;

    /** @return array{url: string, secret: string, connection: string, home: string, paired_at: int}|null */
    public static function get(): ?array
    {
        $pairing = get_option(self::OPTION);
        return is_array($pairing) && isset($pairing['url'], $pairing['secret'], $pairing['connection']) ? $pairing : null;
    }

    /**
     * @param array{url: string, secret: string, connection: string} $wanted checked by Pairing_Code
     * @return int the number after which Portal will be told; what was before, it finds by reading the site
     */
    public static function set(array $wanted): int
    {
        $known = self::get();
        $same = $known !== null && $known['connection'] === $wanted['connection'];
        $pairing = $wanted + ['home' => self::home(), 'paired_at' => time()];
        if ($same && $known['secret'] !== $wanted['secret']) {
            $pairing += ['old_secret' => $known['secret'], 'old_secret_until' => time() + self::OLD_SECRET_SECONDS];
        }
        update_option(self::OPTION, $pairing, false);
        Delivery::forget();
        if (!$same) {
            Sequence::assign();
            Outbox::acknowledge(State::number('last_id'));
        }
        Schedule::soon();
        return State::number('acknowledged');
    }

    public static function end(): void
    {
        delete_option(self::OPTION);
        Delivery::forget();
        Schedule::none();
        Schedule::every_minute(); // recording and its retention go on
    }

    /** @return string[] the secrets in force, the newest first */
    public static function secrets(): array
    {
        $pairing = self::get();
        if ($pairing === null) {
            return [];
        }
        $old = ($pairing['old_secret_until'] ?? 0) > time() ? [$pairing['old_secret']] : [];
        return array_merge([$pairing['secret']], $old);
    }

    /**
     * Has the site got another address than when it was paired? Then it may be a copy, for a test perhaps, which must
     * not speak in the original's name; an administrator confirms a move by pairing again or on the settings page.
     */
    public static function moved(): bool
    {
        $pairing = self::get();
        return $pairing !== null && ($pairing['home'] ?? '') !== self::home();
    }

    public static function confirm_move(): void
    {
        $pairing = self::get();
        if ($pairing !== null) {
            update_option(self::OPTION, ['home' => self::home()] + $pairing, false);
        }
    }

    /** Host and path; a change from http to https, or of a port, makes no other site. */
    public static function home(): string
    {
        $parts = wp_parse_url((string) get_option('home'));
        return strtolower($parts['host'] ?? '') . rtrim($parts['path'] ?? '', '/');
    }
}
