use std::collections::BTreeMap;

use super::*;

fn heard(verdict: Verdict, mode: &str, headers: &[(&str, &str)], body: &[u8]) -> Heard {
    let headers: BTreeMap<String, String> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    WordPressHear.hear(&Message { verdict, mode, headers: &headers, body })
}

fn signed(body: &str) -> Heard {
    heard(Verdict::Signed, "standard-webhooks", &[], body.as_bytes())
}

fn marks(heard: &Heard) -> Vec<(&str, &str, bool)> {
    heard.marks.iter().map(|mark| (mark.resource.as_str(), mark.id.as_str(), mark.is_gone)).collect()
}

#[test]
fn the_plugins_changes_are_marks_with_their_place_in_its_outbox() {
    let heard = signed(
        r#"{"type":"wp.changes","timestamp":"2026-06-01T12:00:00Z","data":{"site":"https://a.test","epoch":"e1",
        "first":7,"last":9,"changes":[
            {"outbox_id":7,"type":"updated","resource":"posts","id":42,"modified_gmt":"x","blog_id":1,"actor_id":1},
            {"outbox_id":8,"type":"deleted","resource":"users","id":"3"},
            {"outbox_id":9,"type":"created","resource":"categories","id":1}]}}"#,
    );
    assert_eq!(marks(&heard), [("posts", "42", false), ("users", "3", true), ("categories", "1", false)]);
    let outbox = heard.outbox.unwrap();
    assert_eq!((outbox.outbox.as_str(), outbox.first, outbox.last), ("https://a.test#e1", 7, 9));
    assert_eq!(heard.note, None);
}

#[test]
fn what_is_not_signed_is_never_read_as_the_plugins_changes() {
    let body = br#"{"type":"wp.changes","data":{"site":"a","first":1,"last":900,"changes":[
        {"type":"deleted","resource":"users","id":1}]}}"#;
    for verdict in [Verdict::Hint, Verdict::BodySigned] {
        let heard = heard(verdict, "capability-url", &[], body);
        assert!(heard.marks.is_empty() && heard.outbox.is_none(), "{heard:?}");
    }
}

#[test]
fn bad_input_045_unknown_types_and_missing_fields_are_notes() {
    for body in [
        r#"{"type":"wp.future","data":{}}"#,
        r#"{"type":"wp.changes"}"#,
        r#"{"type":"wp.changes","data":{"changes":{}}}"#,
        r#"{"type":7}"#,
        r#"{"data":{}}"#,
    ] {
        let heard = signed(body);
        assert!(heard.marks.is_empty() && heard.note.is_some(), "{body}: {heard:?}");
    }
    let heard = signed(r#"{"type":"wp.changes","data":{"changes":[{"id":1},{"resource":"posts","id":2}]}}"#);
    assert_eq!(marks(&heard), [("posts", "2", false)]);
    assert_eq!(heard.note.as_deref(), Some("1 changes could not be read; a sweep finds them"));
}

#[test]
fn bad_input_038_a_shops_topic_never_deletes_anything() {
    let headers = [
        ("x-wc-webhook-topic", "order.deleted"),
        ("x-wc-webhook-resource", "order"),
        ("x-wc-webhook-event", "deleted"),
    ];
    let heard = heard(Verdict::BodySigned, "woocommerce", &headers, br#"{"id":1001}"#);
    assert_eq!(marks(&heard), [("orders", "1001", false)]);
}

#[test]
fn a_shops_error_object_is_a_signal_only() {
    let headers = [("x-wc-webhook-resource", "order")];
    let body = br#"{"code":"woocommerce_rest_cannot_view","message":"Sorry","data":{"status":403}}"#;
    let answer = heard(Verdict::BodySigned, "woocommerce", &headers, body);
    assert!(answer.marks.is_empty() && answer.note.unwrap().contains("orders"));
    for resource in ["", "action", "../users"] {
        let headers = [("x-wc-webhook-resource", resource)];
        let answer = heard(Verdict::BodySigned, "woocommerce", &headers, br#"{"id":1}"#);
        assert!(answer.marks.is_empty() && answer.note.is_some());
    }
}

#[test]
fn bad_input_043_forms_are_hints_and_only_the_first_value_counts() {
    let form = |body: &str| heard(Verdict::Hint, "capability-url", &[], body.as_bytes());
    assert_eq!(marks(&form("hook=publish_post&ID=5&post_title=x")), [("posts", "5", false)]);
    assert_eq!(marks(&form("hook=publish_post&ID=5&ID=6")), [("posts", "5", false)]);
    assert_eq!(marks(&form("resource=pages&id=9")), [("pages", "9", false)]);
    for body in
        ["ID=5", "hook=publish_post", "hook[]=publish_post&ID=5", "hook=publish_post&ID[]=5", "%ff%00", ""]
    {
        assert!(form(body).marks.is_empty(), "{body}");
    }
    let as_json = form(r#"{"resource":"posts","id":12}"#);
    assert_eq!(marks(&as_json), [("posts", "12", false)]);
    // A signed source has no business with forms.
    assert!(heard(Verdict::BodySigned, "hmac-body", &[], b"hook=publish_post&ID=5").marks.is_empty());
}

#[test]
fn bad_input_049_050_051_052_bombs_cost_one_pass() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for depth in [64, 65, 128, 129, 100_000] {
        let body = format!(r#"{{"type":"wp.changes","data":{{"changes":[{}]}}}}"#, deep(depth));
        assert!(signed(&body).marks.is_empty());
    }
    let wide = format!("[{}0]", "1,".repeat(500_000));
    assert!(signed(&wide).note.unwrap().contains("values"));
    let keys = (0..100_001).map(|n| format!(r#""k{n}":1,"#)).collect::<Vec<_>>().concat();
    assert!(signed(&format!("{{{keys}\"z\":1}}")).note.is_some());
    let long = "x".repeat(1 << 20);
    assert!(signed(&format!(r#"{{"type":"{long}"}}"#)).note.unwrap().len() < 200);
    assert!(signed(&format!(r#"{{"{long}":1}}"#)).note.is_some());
    assert!(signed(&format!("{{\"type\":{}}}", "9".repeat(1 << 20))).marks.is_empty());
    let list =
        (1..=5_000).map(|n| format!(r#"{{"resource":"posts","id":{n}}},"#)).collect::<Vec<_>>().concat();
    let heard =
        signed(&format!(r#"{{"type":"wp.changes","data":{{"changes":[{}]}}}}"#, list.trim_end_matches(',')));
    assert_eq!(heard.marks.len(), MARKS_MAX);
    assert!(heard.note.unwrap().starts_with("4000 "));
}

#[test]
fn bad_input_053_054_ids_are_whole_numbers_or_nothing() {
    let id = |id: &str| {
        signed(&format!(r#"{{"type":"wp.changes","data":{{"changes":[{{"resource":"posts","id":{id}}}]}}}}"#))
    };
    for good in ["1", r#""7""#, "9007199254740993", "9223372036854775807"] {
        assert_eq!(id(good).marks[0].id, good.trim_matches('"'), "never through a float");
    }
    for bad in [
        "0",
        "-0",
        "-1",
        "1.5",
        "1e3",
        "1e400",
        "18446744073709551616",
        "null",
        "true",
        "[1]",
        r#""1 ""#,
        r#""+1""#,
        r#""1.0""#,
        r#""""#,
        r#""../1""#,
        r#""1\u0000""#,
        r#""\u0661""#,
    ] {
        assert!(id(bad).marks.is_empty(), "{bad}");
    }
    // Case and spelling tell keys apart; `ID` is another key.
    let heard = signed(r#"{"type":"wp.changes","data":{"changes":[{"Resource":"posts","ID":1}]}}"#);
    assert!(heard.marks.is_empty());
}

#[test]
fn bad_input_055_056_057_058_odd_texts_are_notes_on_one_line() {
    for body in [
        &b"\xff\xfe{}"[..],
        b"\xef\xbb\xbf{}",
        b"{} {}",
        b"{}x",
        b"",
        b"  ",
        b"null",
        b"[]",
        b"\"text\"",
        br#"{"type":"\ud800"}"#,
        b"{\"type\":\"a\x00b\"}",
        b"{\"type\":\"\xc0\xaf\"}",
    ] {
        let heard = heard(Verdict::Signed, "standard-webhooks", &[], body);
        assert!(heard.marks.is_empty() && heard.note.is_some(), "{}", String::from_utf8_lossy(body));
    }
    let injected = signed(r#"{"type":"a\r\nERROR \u001b[31m ${jndi:ldap://x} %s"}"#).note.unwrap();
    assert!(!injected.chars().any(char::is_control), "{injected:?}");
    for name in
        ["__proto__", "constructor", "toString", "$ref", "posts/../users", "Posts", "po sts", "po.sts"]
    {
        let body =
            format!(r#"{{"type":"wp.changes","data":{{"changes":[{{"resource":"{name}","id":1}}]}}}}"#);
        let found = signed(&body);
        // A plain word of another kind of object is a resource like any other: the site has none of that name.
        assert!(
            found.marks.iter().all(|mark| mark.resource == "__proto__" || mark.resource == "constructor")
        );
    }
}
