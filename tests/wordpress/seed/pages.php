<?php

/** Seeds pages, as a forest: every fifth stands at the top, the others hang below one of the last few. */
function seed_pages(int $count, array $authors, array $media): void
{
    $rows = post_rows();
    $first_id = Rows::next_id('wp_posts', 'ID');
    for ($n = 0; $n < $count; $n++) {
        $title = title($n + 20);
        $status = $n % 20 === 11 ? 'private' : ($n % 20 === 12 ? 'draft' : 'publish');
        $moment = moment($n, $count);
        add_post($rows, [
            'ID' => $first_id + $n,
            'post_author' => pick($authors),
            'post_content' => body(),
            'post_title' => "Page: $title",
            'post_status' => $status,
            'comment_status' => 'closed',
            'post_name' => $status === 'draft' ? '' : sanitize_title("page-$title"),
            'post_parent' => $n % 5 === 0 ? 0 : $first_id + $n - mt_rand(1, $n % 5),
            'menu_order' => $n % 7,
            'post_type' => 'page',
        ] + dates_at($moment, $moment + mt_rand(0, DAY_IN_SECONDS)));
    }
    $rows->flush();
}

/** Seeds the two post types of mu-plugins/types.php, and for each `book` a revision. */
function seed_books(int $count, array $authors): void
{
    $rows = post_rows();
    $meta = new Rows('wp_postmeta', 'post_id,meta_key,meta_value');
    $first_id = Rows::next_id('wp_posts', 'ID');
    for ($n = 0; $n < $count; $n++) {
        $book = $first_id + 3 * $n;
        $moment = moment($n, $count);
        $post = ['post_author' => pick($authors), 'post_content' => body()] + dates_at($moment, $moment);
        $title = title($n + 20);
        add_post($rows, ['ID' => $book, 'post_title' => $title, 'post_name' => "book-$n", 'post_type' => 'book'] + $post);
        add_post($rows, ['ID' => $book + 1, 'post_title' => $title, 'post_name' => "$book-revision-v1",
            'post_status' => 'inherit', 'post_parent' => $book, 'post_type' => 'revision'] + $post);
        add_post($rows, ['ID' => $book + 2, 'post_title' => "Ledger $n", 'post_name' => "ledger-$n", 'post_type' => 'ledger'] + $post);
        $meta->add($book, 'isbn', sprintf('978-%09d-X', $n));
    }
    $rows->flush();
    $meta->flush();
}
