<?php
/* Writes what a program needs to know of the site: DIR/env for shells and DIR/site.json, with the same names. */

function describe_site(array $site): void
{
    $dir = getenv('SITE_DIR');
    $url = 'http://' . getenv('SITE_HOST') . rtrim('/' . getenv('SITE_SUBDIR'), '/');
    $site = array_merge($site, [
        'WP_URL' => $url,
        'WP_REST_URL' => $url . (getenv('SITE_PLAIN') ? '/index.php?rest_route=/' : '/wp-json/'),
        'WP_PORT' => (int) explode(':', getenv('SITE_HOST'))[1],
        'WP_SWITCHES' => "$dir/switches",
    ]);
    foreach (['MYSQL_SOCKET', 'MYSQL_DATABASE', 'SITE_DIR', 'SITE_ROOT', 'SITE_HOST', 'SITE_SUBDIR', 'SITE_PLAIN', 'SITE_TIMEZONE'] as $name) {
        $site[$name] = getenv($name);
    }
    $lines = array_map(static fn($name, $value) => "$name='$value'\n", array_keys($site), $site);
    file_put_contents("$dir/site.json", json_encode($site, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES) . "\n");
    file_put_contents("$dir/env", $lines);
}
