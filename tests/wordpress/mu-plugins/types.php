<?php
/*
 * What plugins add to real sites: a post type that the API shows (`book`, at /wp/v2/books, with a taxonomy and a
 * registered meta field of its own) and one that it hides (`ledger`).
 */

add_action('init', static function () {
    register_post_type('book', [
        'label' => 'Books',
        'public' => true,
        'show_in_rest' => true,
        'rest_base' => 'books',
        'supports' => ['title', 'editor', 'author', 'excerpt', 'custom-fields'],
        'taxonomies' => ['genre'],
    ]);
    register_taxonomy('genre', 'book', ['label' => 'Genres', 'show_in_rest' => true, 'rest_base' => 'genres']);
    register_post_meta('book', 'isbn', ['type' => 'string', 'single' => true, 'show_in_rest' => true]);

    register_post_type('ledger', ['label' => 'Ledger', 'public' => true, 'show_in_rest' => false]);
});
