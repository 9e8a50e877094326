<?php
/*
 * Runs the file named first, inside WordPress. The administrator is signed in, for without a user WordPress strips
 * scripts and the like from what is inserted. The name is a constant, for WordPress has variables of its own.
 */

define('FILE_TO_RUN', realpath($argv[1] ?? '') ?: exit("which file?\n"));
array_shift($argv);
require getenv('SITE_ROOT') . '/wp-load.php';
wp_set_current_user(1);
require FILE_TO_RUN;
