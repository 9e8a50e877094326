<?php

/**
 * Seeds terms, half of them categories, up to four levels deep, and half tags.
 *
 * @return array{category: int[], post_tag: int[]} the ids; WordPress's own first category is among them
 */
function seed_terms(int $count): array
{
    $terms = new Rows('wp_terms', 'term_id,name,slug,term_group');
    $taxonomy = new Rows('wp_term_taxonomy', 'term_taxonomy_id,term_id,taxonomy,description,parent,count');
    // The two tables count separately on old sites, on ours together.
    $first_id = max(Rows::next_id('wp_terms', 'term_id'), Rows::next_id('wp_term_taxonomy', 'term_taxonomy_id'));
    $ids = ['category' => [1], 'post_tag' => []];

    for ($n = 0; $n < $count; $n++) {
        $id = $first_id + $n;
        $kind = $n % 2 === 0 ? 'category' : 'post_tag';
        $name = ($n % 10 < 3 ? ['R&amp;D', 'Größe', '日本語'][$n % 10] : ucfirst(words(2))) . " $n";
        $parent = $kind === 'category' && $n % 8 !== 0 ? end($ids['category']) : 0;
        $terms->add($id, $name, sanitize_title("$name-$n"), 0);
        $taxonomy->add($id, $id, $kind, $n % 3 === 0 ? words(8) : '', $parent === 1 ? 0 : $parent, 0);
        $ids[$kind][] = $id;
    }
    $terms->flush();
    $taxonomy->flush();
    delete_option('category_children'); // WordPress keeps the tree here and would not see ours
    return $ids;
}

/** Which terms a post is in: one to three categories, up to five tags. */
function terms_of_post(array $terms): array
{
    $chosen = [pick($terms['category'])];
    for ($more = mt_rand(0, 2); $more > 0; $more--) {
        $chosen[] = pick($terms['category']);
    }
    for ($more = $terms['post_tag'] ? mt_rand(0, 5) : 0; $more > 0; $more--) {
        $chosen[] = pick($terms['post_tag']);
    }
    return array_unique($chosen);
}

/** WordPress stores with each term how many published posts it has. */
function count_terms(): void
{
    Rows::sql("UPDATE wp_term_taxonomy SET count = (SELECT COUNT(*) FROM wp_term_relationships
        JOIN wp_posts ON ID = object_id AND post_status = 'publish'
        WHERE wp_term_relationships.term_taxonomy_id = wp_term_taxonomy.term_taxonomy_id)
        WHERE taxonomy IN ('category', 'post_tag')");
}
