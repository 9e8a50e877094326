<?php
/* No mail leaves a test site: what WordPress would send is written down, one JSON object a line. */

function wp_mail($to, $subject, $message)
{
    $line = json_encode(['to' => $to, 'subject' => $subject, 'message' => $message]);
    return (bool) file_put_contents(getenv('SITE_DIR') . '/mail.ndjson', "$line\n", FILE_APPEND | LOCK_EX);
}
