<?php
/* The site runs at another port than before: says so in DIR/env and DIR/site.json. */

require __DIR__ . '/describe-site.php';

describe_site(json_decode(file_get_contents(getenv('SITE_DIR') . '/site.json'), true));
