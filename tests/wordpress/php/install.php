<?php
/* Installs WordPress into an empty database, makes the four accounts that tests act as, and writes down the site. */

require __DIR__ . '/describe-site.php';

const ACCOUNTS = [
    // role => [log-in name, first name, last name]
    'administrator' => ['admin', 'Ada', 'Admin'],
    'editor' => ['editor', 'Edgar', 'Editor'],
    'author' => ['author', 'Aïcha', 'Author & Co.'],
    'subscriber' => ['subscriber', 'Søren', "O'Subscriber"],
];

define('WP_INSTALLING', true);
require getenv('SITE_ROOT') . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

// WordPress would find out whether permalinks work by calling itself; we know.
$permalinks = getenv('SITE_PLAIN') ? '' : '/%postname%/';
add_filter('pre_option_permalink_structure', static fn() => $permalinks ?: '?', 10, 0);

$password = wp_generate_password(24, false);
wp_install('Harness & "Friends"', ACCOUNTS['administrator'][0], 'admin@example.org', true, '', $password);

remove_all_filters('pre_option_permalink_structure');
update_option('permalink_structure', $permalinks);
update_option('rewrite_rules', ''); // WordPress works them out anew, with the post types of our must-use plugin
update_option('timezone_string', getenv('SITE_TIMEZONE'));
update_option('default_comment_status', 'open');

$site = ['WP_VERSION' => $GLOBALS['wp_version']];
foreach (ACCOUNTS as $role => $account) {
    $site += make_account($role, $account, $password);
}
describe_site($site);

/** The account's part of DIR/env. The administrator is there already, with the password given. */
function make_account(string $role, array $account, string $admin_password): array
{
    [$login, $first, $last] = $account;
    $is_admin = $role === 'administrator';
    $login_password = $is_admin ? $admin_password : wp_generate_password(24, false);
    $user = [
        'user_login' => $login,
        'first_name' => $first,
        'last_name' => $last,
        'display_name' => "$first $last",
        'role' => $role,
    ];
    $id = $is_admin
        ? wp_update_user(['ID' => 1] + $user)
        : wp_insert_user($user + ['user_pass' => $login_password, 'user_email' => "$login@example.org"]);
    $made = is_wp_error($id) ? $id : WP_Application_Passwords::create_new_application_password($id, ['name' => 'Harness']);
    if (is_wp_error($made)) {
        fwrite(STDERR, "$login: {$made->get_error_message()}\n");
        exit(1);
    }
    $name = 'WP_' . strtoupper($login);
    return [
        $name => $login,
        "{$name}_ID" => $id,
        "{$name}_LOGIN_PASSWORD" => $login_password,
        ($is_admin ? 'WP' : $name) . '_APP_PASSWORD' => $made[0],
    ];
}
