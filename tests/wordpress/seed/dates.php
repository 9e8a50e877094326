<?php
/* Dates as WordPress stores them: each once in the site's own time and once in UTC. */

const NO_DATE = '0000-00-00 00:00:00';
const FIRST_DATE = 1420070400; // 2015-01-01
const LAST_DATE = 1735689600; // 2025-01-01

/** The moment at which number `n` of `total` happened: in order, unevenly, and 100 of each 1,000 in the same second. */
function moment(int $n, int $total): int
{
    $bulk_import = intdiv($n, 100) % 10 === 3;
    $place = $bulk_import ? intdiv($n, 100) * 100 : $n;
    $step = intdiv(LAST_DATE - FIRST_DATE, max($total, 1));
    return FIRST_DATE + $place * $step + ($bulk_import ? 0 : mt_rand(0, max($step - 1, 0)));
}

function utc(int $moment): string
{
    return gmdate('Y-m-d H:i:s', $moment);
}

function local(int $moment): string
{
    static $zone = null;
    $zone ??= wp_timezone();
    return (new DateTimeImmutable("@$moment"))->setTimezone($zone)->format('Y-m-d H:i:s');
}
