//! What a store of views promises.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use domain::views::{integer, text};
use engine::ports::read_store::{Column, QUERY_ROWS_MAX};
use engine::ports::{
    Change, IndexValue, Order, PageCursor, Query, ReadError, ReadStore, ViewBatch, ViewSpec,
};
use futures::FutureExt;

const COLUMNS: &[Column] = &[text("state").then("changed_at"), integer("changed_at")];
pub static THINGS: ViewSpec = ViewSpec { name: "things", version: 1, columns: COLUMNS };
pub static THINGS_ANEW: ViewSpec = ViewSpec { name: "things", version: 2, columns: &[] };

type Store = Arc<dyn ReadStore>;

pub async fn suite<F: Future<Output = Store>>(make: impl Fn() -> F) {
    rows_and_checkpoint_move_together(make().await).await;
    the_last_change_of_a_key_wins(make().await).await;
    versions_of_a_view_lie_side_by_side(make().await).await;
    a_prefix_is_a_range_and_no_pattern(make().await).await;
    conditions_hold_together(make().await).await;
    pages_meet_without_gap_or_repeat(make().await).await;
    what_a_view_does_not_declare_is_refused(make().await).await;
    a_page_is_bounded(make().await).await;
    two_views_are_exchanged_whole(make().await).await;
    a_fold_that_began_elsewhere_is_refused_whole(make().await).await;
    one_folds_at_a_time(make().await).await;
}

async fn rows_and_checkpoint_move_together(store: Store) {
    assert_eq!(store.checkpoint(&THINGS).await.unwrap(), 0);
    assert_eq!(store.get(&THINGS, &["a".into()]).await.unwrap(), [None]);
    assert_eq!(keys(&store, &Query::default()).await, Vec::<String>::new());
    assert_eq!(store.count(&THINGS, &Query::default()).await.unwrap(), 0);
    store.apply(vec![batch(7, vec![put("a", None, None), put("b", None, None)])]).await.unwrap();
    assert_eq!(store.checkpoint(&THINGS).await.unwrap(), 7);
    let asked = ["b", "x", "a"].map(str::to_owned);
    let found = store.get(&THINGS, &asked).await.unwrap();
    assert_eq!(found, [Some(doc("b")), None, Some(doc("a"))]);
    store.apply(vec![batch(9, vec![])]).await.unwrap();
    assert_eq!(store.checkpoint(&THINGS).await.unwrap(), 9);
    // One row that does not fit: nothing of the call happens.
    let short = Change::Put { key: "c".into(), doc: doc("c"), columns: vec![] };
    let wrong = store.apply(vec![batch(10, vec![put("d", None, None)]), batch(11, vec![short])]).await;
    assert!(wrong.is_err());
    assert_eq!(store.checkpoint(&THINGS).await.unwrap(), 9);
    assert_eq!(keys(&store, &Query::default()).await, ["a", "b"]);
}

async fn the_last_change_of_a_key_wins(store: Store) {
    let delete = |key: &str| Change::Delete { key: key.to_owned() };
    let changes = vec![
        put("a", Some("old"), Some(1)),
        put("b", Some("old"), Some(2)),
        put("a", Some("new"), None),
        delete("b"),
        delete("c"),
        put("c", None, Some(3)),
        delete("never there"),
    ];
    store.apply(vec![batch(1, changes)]).await.unwrap();
    assert_eq!(keys(&store, &Query::default()).await, ["a", "c"]);
    let old = Query { equals: vec![("state", "old".into())], ..Query::default() };
    assert_eq!(store.count(&THINGS, &old).await.unwrap(), 0);
    let dated = Query { order_by: Some("changed_at"), ..Query::default() };
    assert_eq!(keys(&store, &dated).await, ["c"], "the new row of a has no date");
}

async fn versions_of_a_view_lie_side_by_side(store: Store) {
    let anew = |checkpoint| ViewBatch {
        view: &THINGS_ANEW,
        changes: vec![Change::Put { key: "z".into(), doc: doc("z"), columns: vec![] }],
        after: None,
        checkpoint,
    };
    store.apply(vec![batch(5, vec![put("a", None, None)]), anew(3)]).await.unwrap();
    assert_eq!(store.checkpoint(&THINGS_ANEW).await.unwrap(), 3);
    store.drop_view(&THINGS).await.unwrap();
    assert_eq!(store.checkpoint(&THINGS).await.unwrap(), 0);
    assert_eq!(store.get(&THINGS, &["a".into()]).await.unwrap(), [None]);
    assert_eq!(store.get(&THINGS_ANEW, &["z".into()]).await.unwrap(), [Some(doc("z"))]);
    store.drop_view(&THINGS).await.unwrap();
    store.apply(vec![batch(1, vec![put("b", None, None)])]).await.unwrap();
    assert_eq!(keys(&store, &Query::default()).await, ["b"]);
}

async fn a_prefix_is_a_range_and_no_pattern(store: Store) {
    let all = [
        "a%b",
        "a_b",
        "aXb",
        "a",
        "ab",
        "b",
        "A",
        "ä",
        "a\u{10ffff}",
        "a\u{10ffff}b",
        "",
        "'\"",
        "\0",
        "a\0b",
    ];
    store.apply(vec![batch(1, all.iter().map(|key| put(key, None, None)).collect())]).await.unwrap();
    for prefix in ["", "a", "a%", "a_", "a\u{10ffff}", "\u{10ffff}", "ab", "%", "_", "'", "\0", "A"] {
        let mut expected: Vec<_> = all.iter().filter(|key| key.starts_with(prefix)).collect();
        expected.sort();
        let query = Query { key_prefix: prefix.to_owned(), ..Query::default() };
        assert_eq!(keys(&store, &query).await.iter().collect::<Vec<_>>(), expected, "{prefix:?}");
        assert_eq!(store.count(&THINGS, &query).await.unwrap(), expected.len() as u64, "{prefix:?}");
    }
}

async fn conditions_hold_together(store: Store) {
    let rows = vec![
        put("a1", Some("Done 100%"), Some(1)),
        put("a2", Some("done_all"), Some(2)),
        put("a3", Some("DÖNE"), Some(2)),
        put("a4", None, Some(2)),
        put("b1", Some("done_all"), Some(2)),
    ];
    store.apply(vec![batch(1, rows)]).await.unwrap();
    let containing = |text: &str| Query { contains: Some(("state", text.to_owned())), ..Query::default() };
    for (text, expected) in [
        ("", vec!["a1", "a2", "a3", "b1"]),
        ("DONE", vec!["a1", "a2", "b1"]),
        ("%", vec!["a1"]),
        ("_", vec!["a2", "b1"]),
        ("dÖne", vec!["a3"]),
        ("döne", vec![]),
        ("'; DROP TABLE", vec![]),
    ] {
        assert_eq!(keys(&store, &containing(text)).await, expected, "{text:?}");
        assert_eq!(store.count(&THINGS, &containing(text)).await.unwrap(), expected.len() as u64);
    }
    let all = Query {
        key_prefix: "a".into(),
        equals: vec![("changed_at", 2.into()), ("state", "done_all".into())],
        contains: Some(("state", "ALL".into())),
        order_by: Some("state"),
        ..Query::default()
    };
    assert_eq!(keys(&store, &all).await, ["a2"]);
}

async fn pages_meet_without_gap_or_repeat(store: Store) {
    let states = [Some("x"), Some("y"), None];
    let row = |number: i64| {
        let state = states[usize::try_from(number).unwrap() % 3];
        put(&format!("k{number:02}"), state, (number % 4 != 3).then_some(number % 4 - 1))
    };
    store.apply(vec![batch(1, (0..40).map(row).collect())]).await.unwrap();
    for order_by in [None, Some("state"), Some("changed_at")] {
        for order in [Order::Ascending, Order::Descending] {
            let whole = Query { order_by, order, limit: 100, ..Query::default() };
            let expected = keys(&store, &whole).await;
            assert_eq!(expected.len(), if order_by.is_none() { 40 } else { whole_len(order_by) });
            for limit in [1, 3, 7, 40] {
                let mut query = Query { limit, ..whole.clone() };
                let mut seen = Vec::new();
                loop {
                    let page = store.list(&THINGS, &query).await.unwrap();
                    assert!(page.rows.len() <= limit);
                    seen.extend(page.rows.into_iter().map(|row| row.key));
                    let Some(next) = page.next else { break };
                    query.after = Some(next);
                }
                assert_eq!(seen, expected, "{order_by:?} {order:?} {limit}");
            }
        }
    }
    let last = Query { order_by: Some("changed_at"), order: Order::Descending, limit: 1, ..Query::default() };
    assert_eq!(keys(&store, &last).await, ["k38"], "ties are broken by key in the same direction");
}

async fn what_a_view_does_not_declare_is_refused(store: Store) {
    store.apply(vec![batch(1, vec![put("a", Some("5"), Some(5))])]).await.unwrap();
    let ordered = |value| Query {
        order_by: Some("changed_at"),
        after: Some(PageCursor { value, key: String::new() }),
        ..Query::default()
    };
    for query in [
        Query { equals: vec![("secret", "x".into())], ..Query::default() },
        Query { equals: vec![("doc", "x".into())], ..Query::default() },
        Query { order_by: Some("key; --"), ..Query::default() },
        Query { contains: Some(("changed_at", "5".into())), ..Query::default() },
        Query { equals: vec![("changed_at", "5".into())], ..Query::default() },
        Query { equals: vec![("state", 5.into())], ..Query::default() },
        ordered(None),
        ordered(Some("5".into())),
    ] {
        assert!(store.list(&THINGS, &query).await.is_err(), "{query:?}");
    }
    assert_eq!(keys(&store, &ordered(Some(4.into()))).await, ["a"]);
}

async fn a_page_is_bounded(store: Store) {
    let many = QUERY_ROWS_MAX + 10;
    let rows = (0..many).map(|number| put(&format!("{number:06}"), None, None)).collect();
    store.apply(vec![batch(1, rows)]).await.unwrap();
    for (limit, expected) in [(usize::MAX, QUERY_ROWS_MAX), (0, 1)] {
        let page = store.list(&THINGS, &Query { limit, ..Query::default() }).await.unwrap();
        assert_eq!(page.rows.len(), expected);
        assert!(page.next.is_some());
    }
    assert_eq!(store.count(&THINGS, &Query { limit: 1, ..Query::default() }).await.unwrap(), many as u64);
}

fn whole_len(order_by: Option<&str>) -> usize {
    if order_by == Some("state") { 27 } else { 30 }
}

pub fn batch(checkpoint: u64, changes: Vec<Change>) -> ViewBatch {
    ViewBatch { view: &THINGS, changes, after: None, checkpoint }
}

pub fn put(key: &str, state: Option<&str>, changed_at: Option<i64>) -> Change {
    let columns = vec![state.map(IndexValue::from), changed_at.map(IndexValue::from)];
    Change::Put { key: key.to_owned(), doc: doc(key), columns }
}

fn doc(key: &str) -> Bytes {
    Bytes::from(format!(r#"{{"key":{key:?},"text":"{}"}}"#, "a long enough text ".repeat(10)))
}

async fn keys(store: &Store, query: &Query) -> Vec<String> {
    let page = store.list(&THINGS, query).await.unwrap();
    page.rows.into_iter().map(|row| row.key).collect()
}

async fn two_views_are_exchanged_whole(store: Store) {
    static TWIN: ViewSpec = ViewSpec { name: "things~anew", version: 1, columns: COLUMNS };
    let twin = |checkpoint, changes| ViewBatch { view: &TWIN, changes, after: None, checkpoint };
    assert_eq!(store.digest(&THINGS).await.unwrap().rows, 0);
    store.apply(vec![batch(7, vec![put("a", Some("old"), Some(1)), put("b", None, None)])]).await.unwrap();
    let old = store.digest(&THINGS).await.unwrap();
    assert_eq!(
        (old.rows, &*old.hash),
        (2, "21f6b8d4346035281520766fcf7dddd7d055683df737187d50e928a396aa60f9"),
        "every adapter gives this digest"
    );
    for round in 0..3_i64 {
        store
            .apply(vec![twin(9, vec![put("a", Some("new"), Some(round)), put("c", None, None)])])
            .await
            .unwrap();
        let new = store.digest(&TWIN).await.unwrap();
        assert_ne!(new, old);
        store.exchange(&THINGS, &TWIN).await.unwrap();
        assert_eq!(
            (store.digest(&THINGS).await.unwrap(), store.checkpoint(&THINGS).await.unwrap()),
            (new, 9)
        );
        let found = Query { equals: vec![("changed_at", round.into())], ..Query::default() };
        assert_eq!(keys(&store, &found).await, ["a"], "its indexes came along");
        store.drop_view(&TWIN).await.unwrap();
        assert_eq!(store.checkpoint(&TWIN).await.unwrap(), 0);
    }
    // The old one is where the new one was.
    store.apply(vec![twin(11, vec![put("z", None, None)])]).await.unwrap();
    let (one, other) = (store.digest(&THINGS).await.unwrap(), store.digest(&TWIN).await.unwrap());
    store.exchange(&THINGS, &TWIN).await.unwrap();
    assert_eq!((store.digest(&TWIN).await.unwrap(), store.digest(&THINGS).await.unwrap()), (one, other));
    assert_eq!((store.checkpoint(&TWIN).await.unwrap(), store.checkpoint(&THINGS).await.unwrap()), (9, 11));
}

async fn a_fold_that_began_elsewhere_is_refused_whole(store: Store) {
    let fold = |after, checkpoint, key: &str| ViewBatch {
        after: Some(after),
        ..batch(checkpoint, vec![put(key, None, None)])
    };
    let other = |checkpoint| ViewBatch { view: &THINGS_ANEW, changes: vec![], after: None, checkpoint };
    store.apply(vec![fold(0, 5, "a")]).await.unwrap();
    for (after, checkpoint) in [(0, 5), (0, 9), (4, 9), (6, 9)] {
        let refused = store.apply(vec![other(3), fold(after, checkpoint, "b")]).await.unwrap_err();
        assert!(matches!(refused, ReadError::Moved { found: 5, .. }), "{refused}");
    }
    assert!(store.apply(vec![fold(5, 4, "b")]).await.is_err(), "no view goes back");
    assert_eq!(store.checkpoint(&THINGS).await.unwrap(), 5);
    assert_eq!(store.checkpoint(&THINGS_ANEW).await.unwrap(), 0);
    assert_eq!(keys(&store, &Query::default()).await, ["a"]);
    store.apply(vec![fold(5, 5, "b")]).await.unwrap();
    store.apply(vec![fold(5, 8, "c"), other(8)]).await.unwrap();
    assert_eq!(keys(&store, &Query::default()).await, ["a", "b", "c"]);
    store.drop_view(&THINGS).await.unwrap();
    store.apply(vec![fold(0, 2, "d")]).await.unwrap();
    assert_eq!(keys(&store, &Query::default()).await, ["d"]);
}

async fn one_folds_at_a_time(store: Store) {
    for round in 0..3 {
        let held = store.folding().await.unwrap();
        let mut waiting = Box::pin(store.folding());
        assert!((&mut waiting).now_or_never().is_none(), "two hold it at once");
        // What is asked and applied meanwhile is not held up.
        store.apply(vec![batch(round, vec![put("a", None, None)])]).await.unwrap();
        store.digest(&THINGS).await.unwrap();
        drop(held);
        drop(waiting.await.unwrap());
    }
    // Who gives up waiting keeps nothing.
    let held = store.folding().await.unwrap();
    assert!(store.folding().now_or_never().is_none());
    drop(held);
    drop(store.folding().await.unwrap());
}
