<?php
/**
 * Signatures by the secret that both sides know since pairing.
 *
 * What we send is signed as in Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`. What we are sent is signed over
 * a text that begins otherwise, so that neither can be passed off as the other.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Signature
{
    private const PREFIX = 'whsec_';

    /** @return string|null the key's bytes; null when the secret is not `whsec_` and 24 to 64 bytes in base64 */
    public static function key(string $secret): ?string
    {
        if (strncmp($secret, self::PREFIX, strlen(self::PREFIX)) !== 0) {
            return null;
        }
        $key = base64_decode(substr($secret, strlen(self::PREFIX)), true);
        return $key !== false && strlen($key) >= 24 && strlen($key) <= 64 ? $key : null;
    }

    /** The header `webhook-signature`: one item for each secret, of which there are two while one replaces the other. */
    public static function of_message(array $secrets, string $id, int $timestamp, string $body): string
    {
        return implode(' ', array_map(
            static fn($secret) => self::item((string) self::key($secret), "$id.$timestamp.$body"),
            $secrets
        ));
    }

    public static function of_request(string $secret, string $nonce, string $timestamp, string $method, string $target, string $body): string
    {
        return self::item((string) self::key($secret), "portal-request\n$nonce\n$timestamp\n$method\n$target\n$body");
    }

    private static function item(string $key, string $content): string
    {
        return 'v1,' . base64_encode(hash_hmac('sha256', $content, $key, true));
    }
}
