<?php

/** Seeds users and returns the ids of all who may write, those made by the installation among them. */
function seed_users(int $count): array
{
    $users = new Rows('wp_users', 'ID,user_login,user_pass,user_nicename,user_email,user_url,user_registered,'
        . 'user_activation_key,user_status,display_name');
    $meta = new Rows('wp_usermeta', 'user_id,meta_key,meta_value');
    $first_id = Rows::next_id('wp_users', 'ID');
    $writers = [1, 2, 3];

    for ($n = 0; $n < $count; $n++) {
        $id = $first_id + $n;
        $first = pick(FIRST_NAMES);
        $last = pick(LAST_NAMES);
        $login = user_login($n);
        // Every 40 users, one has no e-mail address and one registered at no time.
        $email = $n % 40 === 3 ? '' : "user.$n+seed@example.org";
        $registered = $n % 40 === 7 ? NO_DATE : utc(moment($n, $count));
        $name = $n % 40 < 34 && $n % 2 === 0 ? ODD_NAMES[intdiv($n % 40, 2)] : "$first $last";
        $url = $n % 5 === 0 ? "https://example.org/~$n?a=1&b=2" : '';
        // `!` is the hash of no password.
        $users->add($id, $login, '!', sanitize_title($login), $email, $url, $registered, '', 0, $name);

        $roles = user_roles($n);
        foreach (user_meta($n, $login, $first, $last, $roles) as $key => $value) {
            $meta->add($id, $key, $value);
        }
        if (array_intersect($roles ?? [], ['author', 'editor', 'contributor'])) {
            $writers[] = $id;
        }
    }
    $users->flush();
    $meta->flush();
    return $writers;
}

function user_login(int $n): string
{
    return match ($n % 40) {
        1 => "user.$n@example.org",
        2 => "User With Spaces $n",
        4 => "UPPER_{$n}_case",
        default => "user-$n",
    };
}

/** @return ?string[] null: the user never had any role, as after an import by SQL */
function user_roles(int $n): ?array
{
    return match ($n % 40) {
        5 => [],
        6 => null,
        8 => ['author', 'subscriber'],
        9 => ['shop_clerk', 'subscriber'], // the plugin that knew the first role is gone
        10 => ['editor'],
        11 => ['contributor'],
        12, 13, 14 => ['author'],
        default => ['subscriber'],
    };
}

function user_meta(int $n, string $login, string $first, string $last, ?array $roles): array
{
    $meta = ['nickname' => $login, 'first_name' => $first, 'last_name' => $last];
    $meta['description'] = $n % 4 === 0 ? words(12) . ' &amp; <em>more</em>' : '';
    $meta['locale'] = $n % 8 === 0 ? 'de_DE' : '';
    if ($n % 40 === 15) {
        $meta['first_name'] = $meta['last_name'] = '';
    }
    if ($roles !== null) {
        $meta['wp_capabilities'] = serialize(array_fill_keys($roles, true));
        $meta['wp_user_level'] = '0';
    }
    return $meta;
}
