//! Random changes of a view and questions to it, for comparing a store with the one in memory.

use acceptance::contracts::read_store::{THINGS, put};
use engine::ports::{Change, Order, Query, ReadStore};
use proptest::prelude::*;

/// Asks both the same, page after page.
pub async fn same_pages(model: &dyn ReadStore, other: &dyn ReadStore, mut query: Query) {
    let counted = model.count(&THINGS, &query).await.unwrap();
    assert_eq!(counted, other.count(&THINGS, &query).await.unwrap(), "{query:?}");
    loop {
        let right = model.list(&THINGS, &query).await.unwrap();
        assert_eq!(right, other.list(&THINGS, &query).await.unwrap(), "{query:?}");
        let Some(next) = right.next else { break };
        query.after = Some(next);
    }
}

pub fn change() -> impl Strategy<Value = Change> {
    let key = "[ab%_]{0,3}";
    let state = proptest::option::of("[xyX%_]{0,2}");
    prop_oneof![
        4 => (key, state, proptest::option::of(-2..3_i64))
            .prop_map(|(key, state, at)| put(&key, state.as_deref(), at)),
        1 => key.prop_map(|key| Change::Delete { key }),
    ]
}

pub fn query() -> impl Strategy<Value = Query> {
    let equals = prop_oneof![
        3 => Just(vec![]),
        1 => "[xyX]{0,2}".prop_map(|text| vec![("state", text.as_str().into())]),
        1 => (-2..3_i64).prop_map(|number| vec![("changed_at", number.into())]),
    ];
    let contains = proptest::option::of("[xX%_]{0,2}".prop_map(|text| ("state", text)));
    let order_by = prop_oneof![Just(None), Just(Some("state")), Just(Some("changed_at"))];
    let order = prop_oneof![Just(Order::Ascending), Just(Order::Descending)];
    ("[ab%_]{0,2}", equals, contains, order_by, order, 1..6_usize).prop_map(
        |(key_prefix, equals, contains, order_by, order, limit)| Query {
            key_prefix,
            equals,
            contains,
            order_by,
            order,
            limit,
            after: None,
        },
    )
}
