"""Plants a fault in the installed plugin, and sees that the test that should notice it does. Only run when asked for."""
import contextlib
import io

from . import access, check as counts, delivery, hooks, parallel
from .check import check

FAULTS = [
    # what is broken, file, text, planted text, the test that must fail
    ("numbers are those of the table", "sequence.php", "['outbox_id'] = ++$next;", "['outbox_id'] = $next = (int) $row['row_id'];", parallel.rolled_back),
    ("numbering is not all or nothing", "sequence.php", "$wpdb->query('START TRANSACTION')", "$wpdb->query('SELECT 1')", parallel.killed),
    ("a row read too early is the last word", "recorder.php", "$thing['again'] = true;", "", hooks.by_rest),
    ("every change writes a row", "recorder.php", "if (!isset(self::$things[$key]))", "if (true)", hooks.by_rest),
    ("a rolled back row counts as written", "recorder.php", "!isset($waiting[$row_id])", "false", parallel.rolled_back),
    ("sending in the editor's request", "lifecycle.php", "        Recorder::finish();\n        if", "        Recorder::finish();\n        if (PHP_SAPI !== 'cli') { Delivery::next()->send(Pairing::get(), Pairing::secrets()); }\n        if", delivery.nobody_waits),
    ("two may send at once", "state.php", "return substr($value, -strlen($holder) - 1) === \" $holder\";", "return true;", delivery.once_at_a_time),
    ("each attempt has an id of its own", "delivery.php", "$id = 'msg_' .", "$id = 'msg_' . uniqid() .", delivery.failures),
    ("a batch grows between attempts", "delivery.php", "(int) $first === $acknowledged + 1", "false", delivery.failures),
    ("Retry-After is not obeyed", "backoff.php", "$asked = self::asked($retry_after);", "$asked = 0;", delivery.failures),
    ("a redirect counts as success", "sender.php", "$status < 300", "$status < 400", delivery.failures),
    ("410 is a failure like others", "sender.php", "$status === 410 ? null : ", "", delivery.stops),
    ("what failed is taken as delivered", "sender.php", "        $attempts = State::number('attempts') + 1;", "        Outbox::acknowledge($delivery->last()); $attempts = 1;", delivery.down_and_up),
    ("old requests are good for ever", "rest/signed-request.php", "> self::TOLERANCE_SECONDS", "> 9999999999", access.signed),
    ("a request can be made twice", "rest/signed-request.php", "!State::add(self::NONCE_PREFIX . $nonce, (string) time())", "false", access.signed),
    ("the body is not signed", "rest/signed-request.php", "(string) $request->get_body()", "''", access.signed),
    ("the parameters are not signed", "rest/signed-request.php", "($query === '' ? '' : \"?$query\")", "''", access.signed),
    ("a wrong signature falls back to the account", "rest/access.php", "if (Signed_Request::is_signed($request))", "if (Signed_Request::is_signed($request) && !current_user_can('manage_options'))", access.refused),
    ("what was pulled is sent again", "rest/outbox-routes.php", "            Outbox::acknowledge($after);", "", access.drain),
]


def run(site):
    site.pair()
    for what, file, text, planted, test in FAULTS:
        place = site.www / "wp-content/plugins/portal-connector/includes" / file
        whole = place.read_text()
        check(f"{file} has the place for: {what}", whole.count(text) == 1, text)
        place.write_text(whole.replace(text, planted))
        failed = counts.failed
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                test(site)
        except Exception:
            counts.failed += 1  # ending early is noticing, too
        noticed, counts.failed = counts.failed > failed, failed
        place.write_text(whole)
        check(f"noticed: {what}", noticed, f"{test.__module__}.{test.__name__} holds all the same")
        site.receiver.forget()
        site.sql("DELETE FROM wp_portal_state WHERE name IN ('stopped', 'next_attempt', 'attempts', 'sending', 'last_error')")
        site.sql("UPDATE wp_portal_state SET value = '0' WHERE name = 'lease'")
        site.sql("UPDATE wp_portal_state SET value = (SELECT COALESCE(MAX(outbox_id), 0) FROM wp_portal_outbox) WHERE name = 'last_id'")
    (site.dir / "php.log").unlink(missing_ok=True)  # what was planted may have said so there
