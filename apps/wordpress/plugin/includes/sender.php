<?php
/**
 * Sends what Portal has not taken yet, oldest first, one batch after the other. Runs in cron only, and in one process
 * only: who sends holds a lease that ends by itself when the process dies.
 */

namespace PortalConnector;

defined('ABSPATH') || exit;

final class Sender
{
    /** Longer than one delivery can last. */
    private const LEASE_SECONDS = 60;
    /** Hosts end a cron run that lasts long; the rest comes a minute later. */
    private const RUN_SECONDS_MAX = 20;
    private const ERROR_LENGTH_MAX = 300;

    public static function run(): void
    {
        if (Pairing::get() === null || State::get('stopped') !== '') {
            return;
        }
        $holder = bin2hex(random_bytes(8));
        if (!State::take_lease($holder, self::LEASE_SECONDS)) {
            return;
        }
        try {
            self::send_all($holder);
        } finally {
            State::end_lease($holder);
        }
    }

    private static function send_all(string $holder): void
    {
        $until = time() + self::RUN_SECONDS_MAX;
        while (Sequence::assign() && State::number('next_attempt') <= time()) {
            $pairing = Pairing::get();
            if ($pairing === null || ($delivery = Delivery::next()) === null) {
                return;
            }
            if (Pairing::moved()) {
                State::set(['last_error' => sprintf(
                    /* translators: 1: old address, 2: new address */
                    __('The address of this site changed from %1$s to %2$s. Nothing is sent until an administrator confirms under Settings → Portal Connector that the site moved.', 'portal-connector'),
                    $pairing['home'] ?? '',
                    Pairing::home()
                )]);
                return;
            }
            if (!self::attempt($delivery, $pairing)) {
                return;
            }
            if (time() >= $until || !State::take_lease($holder, self::LEASE_SECONDS)) {
                Schedule::soon();
                return;
            }
        }
    }

    private static function attempt(Delivery $delivery, array $pairing): bool
    {
        $answer = $delivery->send($pairing, Pairing::secrets());
        $status = (int) wp_remote_retrieve_response_code($answer);
        if ($status >= 200 && $status < 300) {
            Outbox::acknowledge($delivery->last());
            State::forget('sending', 'attempts', 'next_attempt', 'last_error');
            State::set(['last_sent' => time()]);
            return true;
        }
        $attempts = State::number('attempts') + 1;
        $error = is_wp_error($answer) ? $answer->get_error_message() : self::explain($status, $answer);
        $delay = $status === 410 ? null : Backoff::after($attempts, $status, self::header($answer, 'retry-after'));
        State::set([
            'attempts' => $attempts,
            'last_error' => mb_substr(wp_check_invalid_utf8($error), 0, self::ERROR_LENGTH_MAX, 'UTF-8'),
            'next_attempt' => time() + (int) $delay,
        ]);
        if ($delay === null) {
            State::set(['stopped' => $status === 410 ? 'gone' : 'exhausted']);
        } else {
            Schedule::at(time() + $delay);
        }
        return false;
    }

    private static function explain(int $status, array $answer): string
    {
        $text = trim(wp_strip_all_tags(wp_check_invalid_utf8(wp_remote_retrieve_body($answer))));
        /* translators: 1: HTTP status, 2: what the server answered */
        return sprintf(__('Portal answered %1$d: %2$s', 'portal-connector'), $status, mb_substr($text, 0, 200, 'UTF-8'));
    }

    private static function header($answer, string $name): string
    {
        $value = wp_remote_retrieve_header($answer, $name);
        return is_array($value) ? (string) end($value) : (string) $value;
    }
}
