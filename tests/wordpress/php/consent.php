<?php
/*
 * consent.php URL approve|reject [ROLE]: signs in by the form, reads the authorize-application page as a browser
 * without scripts does, presses the button, and prints where WordPress sends the browser.
 */

[, $page, $button] = $argv + [1 => '', ''];
$role = strtoupper($argv[3] ?? 'admin');
in_array($button, ['approve', 'reject'], true) || give_up('say approve or reject');
$login = getenv("WP_$role") ?: give_up("no account $role");

$browser = curl_init();
curl_setopt_array($browser, [CURLOPT_RETURNTRANSFER => true, CURLOPT_COOKIEFILE => '', CURLOPT_TIMEOUT => 20]);

open($browser, getenv('WP_URL') . '/wp-login.php'); // sets the cookie by which WordPress knows that cookies work
open($browser, getenv('WP_URL') . '/wp-login.php', [
    'log' => $login,
    'pwd' => getenv("WP_{$role}_LOGIN_PASSWORD"),
    'testcookie' => 1,
]);
curl_getinfo($browser, CURLINFO_REDIRECT_URL) ?: give_up("$login could not sign in");

$fields = form_fields(open($browser, $page));
$answer = open($browser, strtok($page, '?'), $fields + [$button => '1']);
$target = curl_getinfo($browser, CURLINFO_REDIRECT_URL) ?: give_up('no redirect: ' . text($answer));
echo "$target\n";

function open(CurlHandle $browser, string $url, ?array $form = null): string
{
    curl_setopt($browser, CURLOPT_URL, $url);
    curl_setopt($browser, $form === null ? CURLOPT_HTTPGET : CURLOPT_POST, true);
    if ($form !== null) {
        curl_setopt($browser, CURLOPT_POSTFIELDS, http_build_query($form));
    }
    $answer = curl_exec($browser);
    return $answer === false ? give_up("$url: " . curl_error($browser)) : $answer;
}

/** What the page's form would send besides the button: the nonce, what the URL carried, and the name, which can be edited. */
function form_fields(string $html): array
{
    $page = new DOMDocument();
    $page->loadHTML($html, LIBXML_NOERROR);
    $form = '//form[.//input[@name="action" and @value="authorize_application_password"]]';
    $fields = [];
    foreach ((new DOMXPath($page))->query("$form//input[@type='hidden' or @type='text']") as $input) {
        $fields[$input->getAttribute('name')] = $input->getAttribute('value');
    }
    return $fields ?: give_up('the page asks for no consent: ' . text($html));
}

/** What the person would read. */
function text(string $html): string
{
    $body = preg_replace('~<(style|script)\b.*?</\1>~is', '', strstr($html, '<body') ?: $html);
    return substr(trim(preg_replace('/\s+/', ' ', html_entity_decode(strip_tags($body)))), 0, 300);
}

function give_up(string $why): never
{
    fwrite(STDERR, "consent: $why\n");
    exit(1);
}
