<?php

/** Seeds rows of attachments with their metadata, without the files, and returns their ids. */
function seed_media(int $count, array $authors): array
{
    $posts = post_rows();
    $meta = new Rows('wp_postmeta', 'post_id,meta_key,meta_value');
    $first_id = Rows::next_id('wp_posts', 'ID');

    for ($n = 0; $n < $count; $n++) {
        $id = $first_id + $n;
        $moment = moment($n, $count);
        [$extension, $mime] = $n % 10 === 4 ? ['pdf', 'application/pdf'] : ['jpg', 'image/jpeg'];
        $file = gmdate('Y/m', $moment) . "/picture-$n.$extension";
        add_post($posts, [
            'ID' => $id,
            'post_author' => pick($authors),
            'post_title' => "picture-$n & co",
            'post_excerpt' => $n % 2 ? words(6) : '',
            'post_content' => $n % 4 ? '' : words(20),
            'post_status' => 'inherit',
            'post_name' => "picture-$n",
            'post_type' => 'attachment',
            'post_mime_type' => $mime,
            'guid' => WP_HOME . "/wp-content/uploads/$file",
        ] + dates_at($moment, $moment));

        $meta->add($id, '_wp_attached_file', $file);
        if ($mime === 'image/jpeg') {
            $meta->add($id, '_wp_attachment_metadata', serialize(image_metadata($n, $file)));
            $meta->add($id, '_wp_attachment_image_alt', $n % 3 ? words(4) . ' & "alt"' : '');
        }
    }
    $posts->flush();
    $meta->flush();
    return $count > 0 ? range($first_id, $first_id + $count - 1) : [];
}

function image_metadata(int $n, string $file): array
{
    return [
        'width' => 1600,
        'height' => 900,
        'file' => $file,
        'filesize' => 100000 + $n,
        'sizes' => [
            'thumbnail' => ['file' => "picture-$n-150x150.jpg", 'width' => 150, 'height' => 150, 'mime-type' => 'image/jpeg'],
            'medium' => ['file' => "picture-$n-300x169.jpg", 'width' => 300, 'height' => 169, 'mime-type' => 'image/jpeg'],
        ],
        'image_meta' => ['camera' => '', 'created_timestamp' => '0', 'keywords' => []],
    ];
}
