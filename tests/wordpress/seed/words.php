<?php
/* Words, names and texts like those of real sites, and some that break careless programs. */

const FIRST_NAMES = ['Anna', 'Bärbel', 'Chloé', 'Dmitri', 'Łukasz', 'Siobhán', 'José María', 'Nguyễn', '美咲', 'محمد',
    'Ольга', 'Zoë', 'Björk', 'Jean-Luc', 'Aoife', 'Ðorđe', 'İbrahim', 'प्रिया', 'Kwame', 'Mary Ann'];
const LAST_NAMES = ['Müller', "O'Brien", 'García-Márquez', 'Øster', 'van der Berg', '田中', 'Иванова', 'الأحمد',
    'Smith', 'Çelik', 'MacDonald', 'Nuñez', 'Szczęsny', 'de la Cruz', "D'Angelo", 'Li', 'Sørensen', 'Ng', 'Null', 'True'];
// What people write in the place of a name. WordPress stores an ampersand that it filtered as an entity.
const ODD_NAMES = ['Tom &amp; Jerry GmbH', 'Party 🎉 Planner', '👩‍👩‍👧‍👦', '"The Boss"', '5 &lt; 6', '=1+1', '-', '0', 'null',
    "Robert'); DROP TABLE wp_users;--", 'Z̴̛a̷l̶g̵o̸', "Zero\u{200B}Width", "\u{202E}backwards", 'C:\new\table', '%s %d', '{{name}}',
    'A very long name that goes on and on, as those of societies for the promotion of something or other sometimes do, and then some'];
const ODD_TITLES = ['Post & "title"', 'AT&amp;T, encoded already', 'It’s 100% “done” \\ back', '<em>Marked</em> up <b>title</b>',
    'Emoji 🎉 👩‍👩‍👧 🇪🇺', '日本語の投稿', 'مقالة بالعربية', 'Größe, Ærø & naïveté', "'; DROP TABLE wp_posts; --", "Line\nbreak and\ttab",
    '5 < 6 > 4', '[shortcode attr="x"]', '&nbsp;', 'e' . "\u{301}" . ' is not é', '=HYPERLINK("x")', '{"json": [1, null]}', '', '0'];
const WORDS = ['lorem', 'ipsum', 'dolor', 'sit', 'amet', 'consectetur', 'adipiscing', 'elit', 'sed', 'do', 'eiusmod', 'tempor',
    'incididunt', 'ut', 'labore', 'et', 'dolore', 'magna', 'aliqua', 'enim', 'minim', 'veniam', 'quis', 'nostrud',
    'exercitation', 'ullamco', 'laboris', 'nisi', 'aliquip', 'ex', 'ea', 'commodo', 'consequat', 'duis', 'aute', 'irure',
    'Übermut', 'façade', '—', '“quoted”', 'R&amp;D', 'Привет', '你好', '🙂'];

function pick(array $from): mixed
{
    return $from[mt_rand(0, count($from) - 1)];
}

function words(int $count): string
{
    $words = [];
    while ($count-- > 0) {
        $words[] = WORDS[mt_rand(0, count(WORDS) - 1)];
    }
    return implode(' ', $words);
}

/** A title; of each forty numbers the first eighteen are odd. The number makes it findable, except in empty ones. */
function title(int $n): string
{
    $odd = ODD_TITLES[$n % 40] ?? null;
    return $odd === null ? ucfirst(words(mt_rand(2, 8))) . " $n" : ($odd === '' ? '' : "$odd $n");
}

/** The HTML of a post: 1 to 4 KB of blocks, put together from a store of them, because making each would take long. */
function body(): string
{
    static $store = null;
    $store ??= array_map(block(...), range(0, 299));
    $html = '';
    $length = mt_rand(1000, 3600);
    while (strlen($html) < $length) {
        $html .= $store[mt_rand(0, 299)];
    }
    return $html;
}

function block(int $n): string
{
    $text = words(mt_rand(20, 70));
    $link = "<a href=\"https://example.org/" . words(1) . "?a=$n&amp;b=2\">" . words(2) . '</a>';
    return match (true) {
        $n % 60 === 7 => "<script>if (1 < 2 && $n) { console.log(\"seed <$n>\"); }</script>\n",
        $n % 60 === 8 => "<!-- wp:html -->\n<div style=\"color:#123\" onclick='go($n)'>$text</div>\n<!-- /wp:html -->\n",
        $n % 60 === 9 => "[gallery ids=\"$n\" caption='a \"b\" c']\r\n\r\nOld text, without blocks.\r\n\r\n$text\r\n",
        $n % 10 === 1 => "<!-- wp:heading -->\n<h2>" . ucfirst(words(4)) . "</h2>\n<!-- /wp:heading -->\n",
        $n % 10 === 2 => "<!-- wp:list -->\n<ul><li>" . words(4) . "</li><li>$link</li><li>" . words(9) . "</li></ul>\n<!-- /wp:list -->\n",
        $n % 10 === 3 => "<!-- wp:image {\"id\":$n} -->\n<figure class=\"wp-block-image\"><img src=\"/wp-content/uploads/2020/01/picture-$n.jpg\""
            . " alt=\"" . words(3) . "\"/></figure>\n<!-- /wp:image -->\n",
        default => "<!-- wp:paragraph -->\n<p>" . ucfirst($text) . " $link.</p>\n<!-- /wp:paragraph -->\n",
    };
}
