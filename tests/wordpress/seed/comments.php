<?php

/** Seeds comments on published posts: by users and by strangers, some of them answers to the one before. */
function seed_comments(int $count, array $posts): void
{
    if ($count > 0 && !$posts) {
        fwrite(STDERR, "comments need posts\n");
        exit(1);
    }
    $rows = new Rows('wp_comments', 'comment_ID,comment_post_ID,comment_author,comment_author_email,comment_author_url,'
        . 'comment_author_IP,comment_date,comment_date_gmt,comment_content,comment_karma,comment_approved,'
        . 'comment_agent,comment_type,comment_parent,user_id');
    $first_id = Rows::next_id('wp_comments', 'comment_ID');
    $users = array_map('intval', array_column(Rows::sql('SELECT ID FROM wp_users LIMIT 500')->fetch_all(), 0));
    $post = $posts[0] ?? 0;

    for ($n = 0; $n < $count; $n++) {
        $is_answer = $n % 4 === 3;
        $post = $is_answer ? $post : pick($posts);
        $moment = moment($n, $count);
        $user = $n % 3 === 0 ? pick($users) : 0;
        $name = $n % 6 === 0 ? pick(ODD_NAMES) : pick(FIRST_NAMES) . ' ' . pick(LAST_NAMES);
        $approved = match ($n % 10) { 5 => '0', 6 => 'spam', 9 => $n % 20 === 9 ? 'trash' : '1', default => '1' };
        $type = $n % 25 === 13 ? 'pingback' : 'comment';
        $rows->add($first_id + $n, $post, $name, $n % 9 === 8 ? '' : "guest.$n@example.org", $n % 5 ? '' : "https://example.org/?guest=$n&x",
            '192.0.2.' . ($n % 256), local($moment), utc($moment), ucfirst(words(mt_rand(3, 40))) . ' <a href="https://example.org">& link</a>',
            0, $approved, 'Mozilla/5.0 (seed)', $type, $is_answer ? $first_id + $n - 1 : 0, $user);
    }
    $rows->flush();
    Rows::sql("UPDATE wp_posts SET comment_count = (SELECT COUNT(*) FROM wp_comments
        WHERE comment_post_ID = ID AND comment_approved = '1') WHERE post_type = 'post'");
}
