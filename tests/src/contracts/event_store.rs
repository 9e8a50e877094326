//! What a log promises.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use engine::chain::Content;
use engine::envelope::{Actor, STREAM_BYTES_MAX};
use engine::ports::event_store::APPEND_EVENTS_MAX;
use engine::ports::{AppendError, EventStore, Expected, Filter};
use engine::{EventId, Meta, NewEvent, Recorded, StreamName, seal};

use super::samples::{begin, event, events, stream, to};

type Store = Arc<dyn EventStore>;

/// For logs that append to several streams in one transaction and count their positions.
pub async fn suite<F: Future<Output = Store>>(make: impl Fn() -> F) {
    common(&make).await;
    what_is_half_there_is_a_conflict(make().await).await;
    positions_count_the_events(make().await).await;
}

/// For logs whose server cannot append to several streams at once, and whose positions have gaps.
pub async fn suite_without_transactions<F: Future<Output = Store>>(make: impl Fn() -> F) {
    common(&make).await;
    what_is_half_there_is_completed(make().await).await;
}

async fn common<F: Future<Output = Store>>(make: &impl Fn() -> F) {
    what_is_appended_is_read_back(make().await).await;
    a_wrong_expectation_is_a_conflict_and_leaves_no_trace(make().await).await;
    a_repeated_append_succeeds_and_writes_nothing(make().await).await;
    bad_input_168_an_id_is_not_used_for_two_contents(make().await).await;
    an_append_to_several_streams_happens_as_a_whole(make().await).await;
    what_no_store_may_hold_is_refused(make().await).await;
    of_many_writers_one_wins_each_revision(make().await).await;
    the_log_is_read_in_order_through_a_filter(make().await).await;
    the_last_events_come_in_the_order_asked(make().await).await;
    the_bell_rings_for_what_can_be_read(make().await).await;
    odd_names_and_contents_survive(make().await).await;
    a_body_is_taken_away_and_its_digest_stays(make().await).await;
}

async fn what_is_appended_is_read_back(store: Store) {
    let meta = Meta {
        actor: Actor("token:tk_1".into()),
        correlation: Some("rn_1".into()),
        causation: Some("0190c7a2-1b7e-7000-8000-000000000001".into()),
    };
    let new = NewEvent {
        id: EventId::from_u128(7),
        event_type: "thing.noted",
        data: Bytes::from_static(br#"{"a":1}"#),
        body: Some(Bytes::from_static(b"\0body")),
        meta: meta.clone(),
    };
    let done = store.append(vec![to("thing-1", Expected::NoStream, vec![new, event(8)])]).await.unwrap();
    let read = store.read_stream(&stream("thing-1"), 0, 10).await.unwrap();
    assert_eq!((read.len(), done.position), (2, read[1].position));
    let first = &read[0];
    assert!(0 < first.position && first.position < read[1].position);
    assert_eq!((first.revision, first.id.as_u128()), (0, 7));
    assert_eq!(store.read_at(first.position).await.unwrap().as_ref(), Some(first));
    assert_eq!(store.read_at(0).await.unwrap(), None);
    assert_eq!(store.read_at(done.position + 1).await.unwrap(), None);
    assert_eq!((&*first.event_type, first.stream.as_str()), ("thing.noted", "thing-1"));
    assert_eq!(first.data, r#"{"a":1}"#);
    assert_eq!(first.body.as_deref(), Some(&b"\0body"[..]));
    assert_eq!(first.meta, meta);
    assert_eq!((read[1].revision, &read[1].body), (1, &None));
    assert_eq!(store.read_stream(&stream("thing-1"), 1, 10).await.unwrap(), read[1..]);
    assert_eq!(store.read_stream(&stream("thing-1"), 0, 1).await.unwrap(), read[..1]);
    assert_eq!(store.read_stream(&stream("thing-1"), 2, 10).await.unwrap(), []);
    assert_eq!(store.read_stream(&stream("thing-1"), u64::MAX, 10).await.unwrap(), []);
    assert_eq!(store.read_stream(&stream("thing-2"), 0, 10).await.unwrap(), []);
}

async fn a_wrong_expectation_is_a_conflict_and_leaves_no_trace(store: Store) {
    store.append(vec![begin("thing-1", 1..=2)]).await.unwrap();
    for (name, expected, actual) in [
        ("thing-1", Expected::NoStream, Some(1)),
        ("thing-1", Expected::Exact(0), Some(1)),
        ("thing-1", Expected::Exact(2), Some(1)),
        ("thing-1", Expected::Exact(u64::MAX - 1), Some(1)),
        ("thing-2", Expected::Exact(0), None),
    ] {
        let refused = store.append(vec![to(name, expected, events([9]))]).await.unwrap_err();
        let AppendError::Conflict { stream, expected: told, actual: found } = refused else {
            panic!("{name} {expected:?}: {refused:?}");
        };
        assert_eq!((stream.as_str(), told, found), (name, expected, actual));
    }
    assert_eq!(store.read_all(0, &Filter::all(), 10).await.unwrap().events.len(), 2);
    store.append(vec![to("thing-1", Expected::Exact(1), events([3]))]).await.unwrap();
}

async fn a_repeated_append_succeeds_and_writes_nothing(store: Store) {
    let first = vec![begin("thing-1", 1..=2)];
    let both = vec![to("thing-1", Expected::Exact(1), events([3])), begin("thing-2", 4..=5)];
    let written = store.append(first.clone()).await.unwrap();
    assert_eq!(store.append(first.clone()).await.unwrap(), written);
    let written_both = store.append(both.clone()).await.unwrap();
    assert_eq!(store.append(both.clone()).await.unwrap(), written_both);
    // Also when the stream has moved on since.
    assert_eq!(store.append(first).await.unwrap(), written);
    let longer = vec![begin("thing-2", 4..=6)];
    assert!(matches!(store.append(longer).await, Err(AppendError::Conflict { .. })));
    assert_eq!(whole_log(&store).await, (1..=5).collect::<Vec<_>>());
}

async fn what_is_half_there_is_a_conflict(store: Store) {
    store.append(vec![begin("thing-1", 1..=2)]).await.unwrap();
    let half_new = vec![begin("thing-1", 1..=2), begin("thing-2", [3])];
    assert!(matches!(store.append(half_new).await, Err(AppendError::Conflict { .. })));
    assert_eq!(whole_log(&store).await, [1, 2]);
}

async fn what_is_half_there_is_completed(store: Store) {
    store.append(vec![begin("thing-1", 1..=2)]).await.unwrap();
    let half_new = vec![begin("thing-1", 1..=2), begin("thing-2", [3])];
    let done = store.append(half_new.clone()).await.unwrap();
    assert_eq!(whole_log(&store).await, [1, 2, 3]);
    assert_eq!(*store.end().borrow(), done.position);
    assert_eq!(store.append(half_new).await.unwrap(), done);
    // Of an append that cannot be completed nothing more is written.
    let taken = vec![begin("thing-1", 1..=2), begin("thing-3", [4]), begin("thing-2", [5])];
    assert!(matches!(store.append(taken).await, Err(AppendError::Conflict { .. })));
    assert_eq!(whole_log(&store).await, [1, 2, 3]);
}

async fn positions_count_the_events(store: Store) {
    store.append(vec![begin("thing-1", 1..=2), begin("thing-2", [3])]).await.unwrap();
    let read = store.read_all(0, &Filter::all(), 10).await.unwrap();
    assert!(read.events.iter().map(|event| event.position).eq(1..=3));
}

/// The ids of all events; the bell says where the last one is.
async fn whole_log(store: &Store) -> Vec<u128> {
    let all = store.read_all(0, &Filter::all(), 1_000).await.unwrap();
    assert_eq!(*store.end().borrow(), all.events.last().map_or(0, |event| event.position));
    ids_of(&all.events)
}

async fn bad_input_168_an_id_is_not_used_for_two_contents(store: Store) {
    store.append(vec![begin("thing-1", 1..=2)]).await.unwrap();
    let mut altered = begin("thing-1", 1..=2);
    altered.events[1].data = Bytes::from_static(b"{}");
    let mut with_body = begin("thing-1", 1..=2);
    with_body.events[0].body = Some(Bytes::new());
    let mut other_type = begin("thing-1", 1..=2);
    other_type.events[0].event_type = "thing.other";
    for append in [altered, with_body, other_type] {
        let refused = store.append(vec![append]).await.unwrap_err();
        assert!(matches!(&refused, AppendError::Refused(why) if why.contains("thing-1")), "{refused:?}");
    }
    let twice = vec![begin("thing-2", [5, 5])];
    assert!(matches!(store.append(twice).await, Err(AppendError::Refused(_))));
    let in_two_streams = vec![begin("thing-2", [5]), begin("thing-3", [5])];
    assert!(matches!(store.append(in_two_streams).await, Err(AppendError::Refused(_))));
    assert_eq!(whole_log(&store).await, [1, 2]);
}

async fn an_append_to_several_streams_happens_as_a_whole(store: Store) {
    store.append(vec![begin("thing-2", [1])]).await.unwrap();
    let one_wrong = vec![begin("thing-1", [2]), begin("thing-2", [3])];
    assert!(matches!(store.append(one_wrong).await, Err(AppendError::Conflict { .. })));
    assert_eq!(store.read_last(&[stream("thing-1")]).await.unwrap(), [None]);
    let right = vec![begin("thing-1", 2..=3), to("thing-2", Expected::Exact(0), events([4]))];
    let done = store.append(right).await.unwrap();
    assert_eq!(whole_log(&store).await, [1, 2, 3, 4]);
    assert_eq!(done.position, *store.end().borrow());
}

async fn what_no_store_may_hold_is_refused(store: Store) {
    let long = format!("thing-{}", "x".repeat(STREAM_BYTES_MAX));
    for appends in [
        vec![],
        vec![begin("thing-1", [])],
        vec![begin("thing-1", 1..=APPEND_EVENTS_MAX as u128 + 1)],
        vec![begin("thing-1", [1]), begin("thing-1", [2])],
        vec![begin(&long, [1])],
        vec![begin("thing-", [1])],
        vec![begin("-1", [1])],
        vec![begin("", [1])],
    ] {
        let refused = store.append(appends).await;
        assert!(matches!(refused, Err(AppendError::Refused(_))), "{refused:?}");
    }
    assert_eq!(*store.end().borrow(), 0);
}

async fn of_many_writers_one_wins_each_revision(store: Store) {
    const WRITERS: u128 = 8;
    const EVENTS: u64 = 20;
    let writer = |number: u128| {
        let store = store.clone();
        async move {
            let mut won = 0;
            let mut expected = Expected::NoStream;
            for attempt in 1.. {
                if expected.next_revision() >= EVENTS {
                    break;
                }
                let new = events([number * 1_000_000 + attempt]);
                match store.append(vec![to("thing-1", expected, new)]).await {
                    Ok(_) => {
                        won += 1;
                        expected = Expected::Exact(expected.next_revision());
                    }
                    Err(AppendError::Conflict { actual: Some(actual), .. }) => {
                        expected = Expected::Exact(actual);
                    }
                    Err(other) => panic!("{other:?}"),
                }
            }
            won
        }
    };
    let writers: Vec<_> = (1..=WRITERS).map(|number| tokio::spawn(writer(number))).collect();
    let mut won = 0;
    for writer in writers {
        won += writer.await.unwrap();
    }
    assert_eq!(won, EVENTS);
    let read = store.read_stream(&stream("thing-1"), 0, 100).await.unwrap();
    assert!(read.iter().zip(0..).all(|(event, at)| event.revision == at));
    assert!(read.is_sorted_by_key(|event| event.position));
    assert_eq!(read.len() as u64, EVENTS);
}

async fn the_log_is_read_in_order_through_a_filter(store: Store) {
    for number in 0..30 {
        let category = ["a", "b", "c"][number as usize % 3];
        store.append(vec![begin(&format!("{category}-{number}"), [number + 1])]).await.unwrap();
    }
    let all = store.read_all(0, &Filter::all(), 100).await.unwrap();
    assert_eq!(ids_of(&all.events), (1..=30).collect::<Vec<_>>());
    let at = |number: usize| all.events[number - 1].position;
    let end = at(30);
    assert_eq!(all.read_to, end);
    let some = store.read_all(at(10), &Filter::all(), 5).await.unwrap();
    assert_eq!((ids_of(&some.events), some.read_to), ((11..=15).collect(), at(15)));
    let filter = Filter::categories(["a", "c", "absent"]);
    let (mut after, mut seen) = (0, Vec::new());
    while after < end {
        let slice = store.read_all(after, &filter, 4).await.unwrap();
        assert!(slice.read_to > after && slice.events.len() <= 4);
        assert!(slice.events.iter().all(|event| event.position > after && event.position <= slice.read_to));
        after = slice.read_to;
        seen.extend(slice.events);
    }
    assert_eq!(ids_of(&seen), (1..=30).filter(|number| number % 3 != 2).collect::<Vec<_>>());
    let nothing = store.read_all(0, &Filter::categories(["absent"]), 4).await.unwrap();
    assert_eq!((nothing.events.len(), nothing.read_to), (0, end));
    for after in [end, end + 1, u64::MAX] {
        let beyond = store.read_all(after, &filter, 4).await.unwrap();
        assert_eq!((beyond.events.len(), beyond.read_to), (0, after));
        let beyond = store.read_all(after, &Filter::all(), 4).await.unwrap();
        assert_eq!((beyond.events.len(), beyond.read_to), (0, after));
    }
}

async fn the_last_events_come_in_the_order_asked(store: Store) {
    store.append(vec![begin("thing-1", 1..=3), begin("thing-2", [4])]).await.unwrap();
    let asked = ["thing-2", "thing-9", "thing-1", "thing-2"].map(stream);
    let last = store.read_last(&asked).await.unwrap();
    let ids: Vec<_> = last.iter().map(|event| event.as_ref().map(|event| event.id.as_u128())).collect();
    assert_eq!(ids, [Some(4), None, Some(3), Some(4)]);
    assert_eq!(store.read_last(&[]).await.unwrap(), []);
}

async fn the_bell_rings_for_what_can_be_read(store: Store) {
    let mut end = store.end();
    assert_eq!(*end.borrow_and_update(), 0);
    let done = store.append(vec![begin("thing-1", 1..=3)]).await.unwrap();
    assert_eq!(*end.wait_for(|end| *end >= done.position).await.unwrap(), done.position);
    assert_eq!(store.read_all(0, &Filter::all(), 10).await.unwrap().events.len(), 3);
    assert!(store.append(vec![begin("thing-1", [9])]).await.is_err());
    assert!(!end.has_changed().unwrap(), "a conflict is no news");
}

async fn odd_names_and_contents_survive(store: Store) {
    let longest = format!("thing-{}", "y".repeat(STREAM_BYTES_MAX - 6));
    let names = [
        "thing-1",
        "thing-01",
        "thing-1.1",
        "thing-1.1.1",
        "thing-1.1.01",
        "thing-1.1.1.1",
        "thing--1",
        "thing-+1",
        "thing-9223372036854775807",
        "thing-9223372036854775808",
        "thing-ä.ö.ü",
        "thing-\0",
        "thing-%_'\"",
        "thing-cn_a.users.0",
        "thing-cn_a.users.00",
        "t-h-i-n-g",
        "thing.with.dots-1",
        longest.as_str(),
    ];
    let contents: Vec<Bytes> = vec![
        Bytes::new(),
        Bytes::from_static(b"\0\xff\xfe"),
        Bytes::from_static(b"plain \0 text"),
        Bytes::from(vec![b'x'; 300]),
        Bytes::from((0..100_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>()),
    ];
    for (name, number) in names.iter().zip(1..) {
        let mut append = begin(name, [number]);
        append.events[0].data = contents[usize::try_from(number).unwrap() % contents.len()].clone();
        append.events[0].body = Some(contents[usize::try_from(number + 1).unwrap() % contents.len()].clone());
        append.events[0].meta.causation = Some((*name).to_owned());
        store.append(vec![append.clone()]).await.unwrap();
        let read = store.read_stream(&stream(name), 0, 9).await.unwrap();
        assert_eq!(read.len(), 1, "{name:?}");
        assert_eq!((read[0].stream.as_str(), &read[0].meta), (*name, &append.events[0].meta));
        assert_eq!((&read[0].data, &read[0].body), (&append.events[0].data, &append.events[0].body));
    }
    let all = store.read_all(0, &Filter::all(), 100).await.unwrap();
    assert_eq!(all.events.iter().map(|event| event.stream.as_str()).collect::<Vec<_>>(), names);
    let last = store.read_last(&names.map(StreamName::from_stored)).await.unwrap();
    assert!(last.into_iter().map(Option::unwrap).eq(all.events));
}

fn ids_of(events: &[Recorded]) -> Vec<u128> {
    events.iter().map(|event| event.id.as_u128()).collect()
}

async fn a_body_is_taken_away_and_its_digest_stays(store: Store) {
    let mut append = begin("thing-1", 1..=3);
    append.events[0].body = Some(Bytes::from_static(b"\0one"));
    append.events[1].body = Some(Bytes::from_static(b"\0two"));
    store.append(vec![append.clone()]).await.unwrap();
    let before = store.read_stream(&stream("thing-1"), 0, 10).await.unwrap();
    let (second, third) = (before[1].position, before[2].position);
    let removed = store.remove_bodies(&[second, third, third + 96]).await.unwrap();
    assert_eq!(removed, 1, "the third event has none, and behind it is nothing");
    assert_eq!(store.remove_bodies(&[second]).await.unwrap(), 0, "it is gone already");
    assert_eq!(*store.end().borrow(), third, "what is noted about it is no event");
    assert_eq!(store.read_all(0, &Filter::all(), 10).await.unwrap().events.len(), 3);
    let after = store.read_stream(&stream("thing-1"), 0, 10).await.unwrap();
    assert_eq!((&after[0], &after[2]), (&before[0], &before[2]));
    let (left, was) = (after[1].body.as_deref().unwrap(), before[1].body.as_deref().unwrap());
    assert!(seal::is_removed(left) && seal::digest(left) == seal::digest(was));
    assert_eq!(
        Content::from(&after[1]).leaf(),
        Content::from(&before[1]).leaf(),
        "the chain does not see it"
    );
    // A repeat of the append is still recognised, and one that alters it too.
    assert_eq!(store.append(vec![append.clone()]).await.unwrap().position, third);
    append.events[1].body = Some(Bytes::from_static(b"\0other"));
    assert!(matches!(store.append(vec![append]).await, Err(AppendError::Refused(_))));
}
