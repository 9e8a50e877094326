<?php
/*
 * Does for PHP's own server what rewrite rules do elsewhere: a file is served as it is, a folder by its index.php,
 * and everything else is WordPress's to answer.
 */

$home = rtrim('/' . getenv('SITE_SUBDIR'), '/');
$path = rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
$file = $_SERVER['DOCUMENT_ROOT'] . $path;

if (is_dir($file) && is_file("$file/index.php") && !str_ends_with($path, '/')) {
    header("Location: $path/", true, 301);
    return true;
}
if (is_file($file) || is_file(rtrim($file, '/') . '/index.php')) {
    return false;
}
if (!str_starts_with($path, "$home/")) {
    http_response_code(404);
    return true;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = "$home/index.php";
$_SERVER['SCRIPT_FILENAME'] = $_SERVER['DOCUMENT_ROOT'] . "$home/index.php";
chdir(dirname($_SERVER['SCRIPT_FILENAME']));
require $_SERVER['SCRIPT_FILENAME'];
