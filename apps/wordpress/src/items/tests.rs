use super::*;

fn page(text: &str, kind: &str) -> Cut {
    cut(&Bytes::copy_from_slice(text.as_bytes()), kind, 3).unwrap()
}

#[test]
fn records_are_slices_of_the_page() {
    let body = Bytes::from_static(
        br#"[ {"id":7,"modified_gmt":"2026-01-02T03:04:05","x":[1,{"id":9}]} , {"id":8} ] <!-- cached -->"#,
    );
    let cut = cut(&body, "post", 1).unwrap();
    assert_eq!(&cut.items[0].bytes[..], br#"{"id":7,"modified_gmt":"2026-01-02T03:04:05","x":[1,{"id":9}]}"#);
    assert!(body.as_ptr_range().contains(&cut.items[0].bytes.as_ptr()), "no copy");
    assert_eq!(cut.items[0].version.as_deref(), Some("2026-01-02T03:04:05"));
    assert_eq!((cut.first, cut.last, cut.ascending, cut.count), (Some(7), Some(8), true, 2));
    assert_eq!(cut.items[0].subject, None);
}

#[test]
fn a_record_speaks_of_its_user_or_of_itself() {
    assert_eq!(page(r#"[{"id":7}]"#, "user").items[0].subject.as_deref(), Some("users.7"));
    let comments = page(r#"[{"id":1,"author":0},{"id":2,"author":7},{"id":3}]"#, "comment");
    let subjects: Vec<_> = comments.items.iter().filter_map(|item| item.subject.clone()).collect();
    assert_eq!(subjects, ["comments.1", "users.7", "comments.3"]);
}

#[test]
fn bad_input_100_impossible_ids_are_unreadable_one_by_one() {
    let cut = page(
        r#"[{"id":0},{"id":-4},{"id":"12"},{"id":9007199254740993},{"id":1.5},{"id":1e3},{"id":null},{},"text",null,[1],{"id":1,"id":2},{"id":5}]"#,
        "post",
    );
    assert_eq!(cut.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["5"]);
    let refused: Vec<(&str, &str)> =
        cut.unreadable.iter().map(|bad| (bad.id.as_str(), bad.message.as_str())).collect();
    assert_eq!(refused.len(), 12);
    assert_eq!(refused[0], ("0", "the id is 0"));
    assert_eq!(refused[1], ("-4", "the id is negative"));
    assert_eq!(refused[2], ("12", "the id is a text, not a number"));
    assert_eq!(refused[3], ("9007199254740993", "the id is larger than 2^53"));
    assert_eq!(refused[7], ("page 3, item 8", "the record has no id"));
    assert!(refused[8].1.starts_with("the record is not a JSON object"));
}

#[test]
fn bad_input_100_the_same_id_twice_on_a_page() {
    let cut = page(r#"[{"id":1},{"id":2},{"id":1},{"id":2,"x":1}]"#, "post");
    assert_eq!((cut.items.len(), cut.doubled, cut.ascending), (2, 1, false));
    assert_eq!(cut.unreadable[0].code, "DOUBLED_ID");
}

#[test]
fn bad_input_103_cut_off_json_is_broken_not_short() {
    for text in [r#"[{"id":1},{"id"#, "[", r#"[{"id":1},]"#] {
        let result = cut(&Bytes::copy_from_slice(text.as_bytes()), "post", 1);
        assert!(matches!(result, Err(Fault::Broken { .. })), "{text}");
    }
    let object = cut(&Bytes::from_static(br#"{"1":{"id":1}}"#), "post", 1);
    assert!(matches!(object, Err(Fault::Shape { .. })));
}

#[test]
fn bad_input_116_deep_records_do_not_break_the_page() {
    let deep = format!(r#"[{{"id":1,"x":{}{}}},{{"id":2}}]"#, "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(page(&deep, "post").items.len(), 2);
}

#[test]
#[ignore = "a measurement; run with --release --run-ignored all --no-capture"]
fn sixty_thousand_records_a_second() {
    let one = format!(
        r#"{{"id":ID,"date":"2026-01-02T03:04:05","modified_gmt":"2026-01-02T03:04:05","title":{{"raw":"A \"title\"","rendered":"A &#8220;title&#8221;"}},"content":{{"raw":"{}"}},"author":1,"meta":{{"a":[1,2,3]}}}}"#,
        "Lorem ipsum dolor sit amet.\\n".repeat(30)
    );
    let records: Vec<String> = (1..=100).map(|id| one.replace("ID", &id.to_string())).collect();
    let body = Bytes::from(format!("[{}]", records.join(",")));
    let begun = std::time::Instant::now();
    let mut seen: u32 = 0;
    for page in 0..2000 {
        seen += u32::try_from(cut(&body, "post", page).unwrap().items.len()).unwrap();
    }
    let rate = f64::from(seen) / begun.elapsed().as_secs_f64();
    println!("{rate:.0} records/s of {} bytes", body.len() / 100);
    assert!(rate > 60_000.0);
}
