<?php
/**
 * One batch on its way. Its bounds and the time of its body are kept until it is taken, so that every attempt has the
 * same `webhook-id` and the same bytes, and only a new timestamp and signature.
 */

namespace PortalConnector;

use WP_Error;

defined('ABSPATH') || exit;

final class Delivery
{
    public const CHANGES_MAX = 100;
    private const BODY_BYTES_MAX = 20000;
    private const MEMORY = ['sending', 'attempts', 'next_attempt', 'stopped', 'last_error'];

    /** @var array<int, array> */
    private $changes;
    /** @var string when the batch was put together */
    private $begun;

    private function __construct(array $changes, string $begun)
    {
        $this->changes = $changes;
        $this->begun = $begun;
    }

    /** The batch under way, or the next one; null when Portal has everything. */
    public static function next(): ?self
    {
        $acknowledged = max(State::number('acknowledged'), State::number('pruned'));
        [$first, $last, $begun] = explode(' ', State::get('sending')) + ['', '', ''];
        if ((int) $first === $acknowledged + 1) {
            $changes = Outbox::after($acknowledged, (int) $last - $acknowledged);
            return $changes ? new self($changes, $begun) : null;
        }
        $changes = Outbox::after($acknowledged, self::CHANGES_MAX);
        if (!$changes) {
            return null;
        }
        $delivery = new self($changes, Clock::now_iso());
        while (count($delivery->changes) > 1 && strlen($delivery->body()) >= self::BODY_BYTES_MAX) {
            array_splice($delivery->changes, -ceil(count($delivery->changes) / 10));
        }
        State::set(['sending' => "{$delivery->first()} {$delivery->last()} {$delivery->begun}", 'attempts' => 0]);
        return $delivery;
    }

    /** A new pairing begins without the failures of the old one. */
    public static function forget(): void
    {
        State::forget(...self::MEMORY);
    }

    /** @return array|WP_Error */
    public function send(array $pairing, array $secrets)
    {
        $id = 'msg_' . State::get('epoch') . "_{$this->first()}_{$this->last()}";
        $now = time();
        $body = $this->body();
        return Endpoint::post($pairing['url'], [
            'Content-Type' => 'application/json',
            'webhook-id' => $id,
            'webhook-timestamp' => (string) $now,
            'webhook-signature' => Signature::of_message($secrets, $id, $now, $body),
        ], $body);
    }

    public function first(): int
    {
        return $this->changes[0]['outbox_id'];
    }

    public function last(): int
    {
        return end($this->changes)['outbox_id'];
    }

    private function body(): string
    {
        return (string) wp_json_encode([
            'type' => 'wp.changes',
            'timestamp' => $this->begun,
            'data' => [
                'site' => (string) get_option('home'),
                'epoch' => State::get('epoch'),
                'first' => $this->first(),
                'last' => $this->last(),
                'changes' => $this->changes,
            ],
        ], JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    }
}
