<?php
/**
 * Reading what changed: the way for Portal when nothing comes, when it missed something, and when it wants to compare.
 */

namespace PortalConnector;

use WP_Error;
use WP_REST_Request;

defined('ABSPATH') || exit;

final class Outbox_Routes
{
    public static function status()
    {
        Sequence::assign();
        return Routes::answer(Status::read());
    }

    /** GET /outbox?after=N&limit=: reads and marks nothing. */
    public static function outbox(WP_REST_Request $request)
    {
        return self::batch((int) $request['after'], (int) $request['limit']);
    }

    /** POST /drain {"after": N}: Portal has everything up to N; the answer is what follows. */
    public static function drain(WP_REST_Request $request)
    {
        if (!Sequence::assign()) {
            return self::unavailable();
        }
        if ($request['after'] !== null) {
            $after = (int) $request['after'];
            if ($after > State::number('last_id')) {
                return new WP_Error('portal_after_unknown', sprintf(
                    /* translators: 1: a number, 2: a number */
                    __('Number %1$d was never given; the last one is %2$d. If “epoch” changed, the numbers began again: read from 0.', 'portal-connector'),
                    $after,
                    State::number('last_id')
                ), ['status' => 409, 'epoch' => State::get('epoch')]);
            }
            Outbox::acknowledge($after);
        }
        return self::batch(max(State::number('acknowledged'), State::number('pruned')), (int) $request['limit']);
    }

    public static function tombstones(WP_REST_Request $request)
    {
        if (!Sequence::assign()) {
            return self::unavailable();
        }
        $limit = (int) $request['limit'];
        $rows = array_map([Outbox::class, 'change'], Latest::tombstones((int) $request['after'], $limit));
        return Routes::answer([
            'epoch' => State::get('epoch'),
            'tombstones' => $rows,
            'after' => $rows ? end($rows)['outbox_id'] : (int) $request['after'],
            'more' => count($rows) === $limit,
        ]);
    }

    public static function changes(WP_REST_Request $request)
    {
        if (!Sequence::assign()) {
            return self::unavailable();
        }
        $page = Feed::read((string) $request['cursor'], (string) $request['resource'], (int) $request['limit']);
        if ($page === null) {
            return new WP_Error('portal_cursor_invalid', __('This cursor is none of ours. Begin again without one.', 'portal-connector'), ['status' => 400]);
        }
        return Routes::answer(['epoch' => State::get('epoch')] + $page);
    }

    public static function test()
    {
        if (Pairing::get() === null) {
            return new WP_Error('portal_not_paired', __('This site is not paired. Pair it under Settings → Portal Connector.', 'portal-connector'), ['status' => 409]);
        }
        self::queue_test();
        return Routes::answer(['queued' => true, 'last_id' => State::number('last_id')]);
    }

    /** Trying is a wish to begin again, also after the sender gave up. */
    public static function queue_test(): void
    {
        Recorder::changed(Names::TEST, Names::SITE, 0);
        Sequence::assign();
        State::forget('stopped', 'next_attempt', 'attempts');
        Schedule::soon();
    }

    private static function batch(int $after, int $limit)
    {
        if (!Sequence::assign()) {
            return self::unavailable();
        }
        $pruned = State::number('pruned');
        $changes = Outbox::after($after, $limit);
        return Routes::answer([
            'epoch' => State::get('epoch'),
            'site' => (string) get_option('home'),
            'first' => $changes ? $changes[0]['outbox_id'] : null,
            'last' => $changes ? end($changes)['outbox_id'] : null,
            'changes' => $changes,
            'more' => count($changes) === $limit,
            'last_id' => State::number('last_id'),
            'acknowledged' => State::number('acknowledged'),
            // Not zero: what came after `after` and up to here is kept no longer, and only reading the site finds it.
            'lost_up_to' => $after < $pruned ? $pruned : 0,
        ]);
    }

    private static function unavailable(): WP_Error
    {
        return new WP_Error('portal_outbox_busy', __('The outbox could not be read now. Ask again in a moment.', 'portal-connector'), ['status' => 503]);
    }
}
