<?php
/*
 * Faults of real sites, each on while DIR/switches/NAME exists. Most concern only requests to the REST API, so that
 * the consent page keeps working beside them.
 *
 *   php-notice-before-json        a plugin's warning is printed before the answer
 *   bom                           a file of a plugin begins with a byte order mark
 *   unbuffered                    as `output_buffering = 0`: with one of the two above, the status is 200, the type is
 *                                 text/html and there are no totals, for errors too
 *   strip-auth                    the web server drops the Authorization header
 *   app-passwords-off             a security plugin turned application passwords off
 *   eager-user                    a plugin asks early who the user is; bad credentials then fail on every endpoint
 *   rest-disabled-for-anonymous   401 `rest_disabled` without valid credentials
 *   users-endpoint-removed        /wp/v2/users answers 404 `rest_no_route`
 *   per-page-max-20               per_page above 20 is refused
 *   no-totals                     a proxy drops X-WP-Total and X-WP-TotalPages
 *   waf-403                       a firewall answers 403 in HTML
 *   html-500                      500 in HTML
 *   maintenance                   503 in HTML, for all requests (done by DIR/www/.maintenance, before plugins run)
 *   retry-429                     the first request of each path answers 429, Retry-After: 1; `rm` and `touch` to restart
 *   slow                          each answer takes 2 s, or as many milliseconds as the file says
 */

function switch_path(string $name): string
{
    return getenv('SITE_DIR') . "/switches/$name";
}

function switch_on(string $name): bool
{
    return is_file(switch_path($name));
}

/** The path asked of the REST API, in either form of address; null for all other requests. */
function rest_path(): ?string
{
    $path = parse_url($_SERVER['REQUEST_URI'] ?? '', PHP_URL_PATH) ?: '';
    return $_GET['rest_route'] ?? (preg_match('~/wp-json(/.*)?$~', $path, $found) ? $found[1] ?? '/' : null);
}

function answer_html(int $status, string $text): never
{
    status_header($status);
    header('Content-Type: text/html; charset=UTF-8');
    exit("<!DOCTYPE html>\n<html><head><title>$text</title></head><body><h1>$text</h1></body></html>\n");
}

if (switch_on('strip-auth')) {
    unset($_SERVER['HTTP_AUTHORIZATION'], $_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW']);
}
if (switch_on('app-passwords-off')) {
    add_filter('wp_is_application_passwords_available', '__return_false');
}
if (rest_path() !== null) {
    fail_at_once(rest_path());
    pollute();
    distort();
}

function fail_at_once(string $path): void
{
    if (switch_on('slow')) {
        usleep(1000 * ((int) file_get_contents(switch_path('slow')) ?: 2000));
    }
    if (switch_on('waf-403')) {
        answer_html(403, 'Request blocked');
    }
    if (switch_on('html-500')) {
        answer_html(500, 'There has been a critical error on this website');
    }
    if (switch_on('retry-429') && first_request_of($path)) {
        header('Retry-After: 1');
        answer_html(429, 'Too many requests');
    }
}

/** The switch's own file remembers the paths; the lock is for requests that come together. */
function first_request_of(string $path): bool
{
    $file = fopen(switch_path('retry-429'), 'r+');
    flock($file, LOCK_EX);
    $is_first = !in_array($path, explode("\n", stream_get_contents($file)), true);
    if ($is_first) {
        fwrite($file, "$path\n");
    }
    fclose($file);
    return $is_first;
}

function pollute(): void
{
    if (switch_on('unbuffered')) {
        while (ob_get_level() > 0) {
            ob_end_flush();
        }
        ob_implicit_flush();
    }
    if (switch_on('bom')) {
        echo "\u{FEFF}";
    }
    if (switch_on('php-notice-before-json')) {
        echo "<br />\n<b>Warning</b>:  Undefined array key \"seo\" in <b>/wp-content/plugins/seo/seo.php</b> on line <b>42</b><br />\n";
    }
}

function distort(): void
{
    if (switch_on('eager-user')) {
        add_filter('rest_authentication_errors', static fn($error) => is_user_logged_in() ? $error : $error);
    }
    if (switch_on('rest-disabled-for-anonymous')) {
        $refusal = new WP_Error('rest_disabled', 'The REST API is disabled on this site.', ['status' => 401]);
        add_filter('rest_authentication_errors', static fn($error) => $error ?: (is_user_logged_in() ? $error : $refusal), 20);
    }
    if (switch_on('users-endpoint-removed')) {
        $removed = ['/wp/v2/users' => 0, '/wp/v2/users/(?P<id>[\d]+)' => 0];
        add_filter('rest_endpoints', static fn($routes) => array_diff_key($routes, $removed));
    }
    if (switch_on('per-page-max-20')) {
        $lower = static fn($params) => array_replace_recursive($params, ['per_page' => ['maximum' => 20]]);
        foreach (['post', 'page', 'attachment', 'book', 'user', 'comment', 'category', 'post_tag'] as $kind) {
            add_filter("rest_{$kind}_collection_params", $lower);
        }
    }
    if (switch_on('no-totals')) {
        add_filter('rest_post_dispatch', static function (WP_REST_Response $answer) {
            $answer->set_headers(array_diff_key($answer->get_headers(), ['X-WP-Total' => 0, 'X-WP-TotalPages' => 0]));
            return $answer;
        });
    }
}
