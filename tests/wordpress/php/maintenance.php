<?php
// WordPress reads this as ABSPATH/.maintenance, before any plugin, and answers 503 while the time is a recent one.
$upgrading = is_file(getenv('SITE_DIR') . '/switches/maintenance') ? time() : 0;
