//! What a network and a server do to a log.

use std::time::Duration;

use engine::ports::{AppendError, EventStore, Expected, Filter, StoreError};
use engine::seal;
use kurrent_model::Fault;

use super::server::{connect, connect_to, model};
use super::suites::samples::{begin, events, stream, to};

const SHORT: Duration = Duration::from_millis(400);
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn bad_input_161_an_append_whose_answer_is_lost_is_found_and_not_doubled() {
    let model = model().await;
    let store = connect_to(&model.url(), SHORT).await.unwrap();
    let faults = [
        Fault::DropReply,
        Fault::Disconnect,
        Fault::DelayReply(SHORT * 2),
        Fault::DelayWork(SHORT * 2),
        Fault::Hang,
        Fault::Unavailable,
        Fault::NotLeader,
    ];
    for (fault, number) in faults.into_iter().zip(0..) {
        let expected = if number == 0 { Expected::NoStream } else { Expected::Exact(number - 1) };
        model.on_appends([fault]);
        let done = store.append(vec![to("thing-1", expected, events([u128::from(number)]))]).await;
        let done = done.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        let last = store.read_last(&[stream("thing-1")]).await.unwrap().remove(0).unwrap();
        assert_eq!((last.position, last.revision), (done.position, number), "{fault:?}");
    }
    assert_eq!(model.count("thing-1"), faults.len());
}

#[tokio::test]
async fn bad_input_161_an_append_that_never_gets_an_answer_is_unknown_and_its_repeat_is_not() {
    let model = model().await;
    let store = connect_to(&model.url(), SHORT).await.unwrap();
    model.on_appends([Fault::Hang; 3]);
    let append = vec![begin("thing-1", 1..=2)];
    let unknown = store.append(append.clone()).await.unwrap_err();
    assert!(matches!(unknown, AppendError::Unknown(_)), "{unknown:?}");
    store.append(append).await.unwrap();
    assert_eq!(model.count("thing-1"), 2);
}

#[tokio::test]
async fn bad_input_161_who_was_overtaken_while_in_doubt_learns_of_it() {
    let model = model().await;
    let store = connect_to(&model.url(), SHORT).await.unwrap();
    let other = connect(&model).await;
    model.on_appends([Fault::Hang]);
    let slow = store.append(vec![begin("thing-1", [1])]);
    let quick = async {
        // The first to be asked is the one that hangs.
        tokio::time::sleep(SHORT / 2).await;
        other.append(vec![begin("thing-1", [2])]).await
    };
    let (slow, quick) = tokio::join!(slow, quick);
    quick.unwrap();
    assert!(matches!(slow, Err(AppendError::Conflict { actual: Some(0), .. })), "{slow:?}");
    assert_eq!(model.count("thing-1"), 1);
}

#[tokio::test]
async fn an_append_that_stopped_between_its_streams_is_completed_by_its_repeat() {
    let model = model().await;
    let store = connect_to(&model.url(), SHORT).await.unwrap();
    let append = vec![begin("thing-1", [1]), begin("thing-2", [2]), begin("thing-3", [3])];
    model.on_appends([Fault::Hang, Fault::DropReply, Fault::Hang, Fault::Hang, Fault::Hang]);
    assert!(matches!(store.append(append.clone()).await, Err(AppendError::Unknown(_))));
    assert_eq!(model.count("thing-3"), 0, "the last stream is written last");
    let done = store.append(append.clone()).await;
    let done = match done {
        // What hung may still use up a fault.
        Err(AppendError::Unknown(_)) => store.append(append).await.unwrap(),
        done => done.unwrap(),
    };
    let last = store.read_last(&[stream("thing-3")]).await.unwrap().remove(0).unwrap();
    assert_eq!((done.position, model.count("thing-")), (last.position, 3));
}

#[tokio::test]
async fn the_bell_goes_on_over_cut_connections_silent_ends_and_a_restart() {
    let mut model = model().await;
    let store = connect_to(&model.url(), SHORT).await.unwrap();
    let other = connect_to(&model.url(), SHORT).await.unwrap();
    let mut bell = store.end();
    for (fault, number) in
        [Fault::Disconnect, Fault::EndSilently, Fault::Hang, Fault::Unavailable].into_iter().zip(1..)
    {
        // Both ask where the log ends, so both may be hit.
        model.on_reads([fault; 4]);
        let written = loop {
            match other.append(vec![begin(&format!("thing-{number}"), [number])]).await {
                Ok(written) => break written,
                Err(AppendError::Unknown(_) | AppendError::Unavailable(_)) => {}
                Err(refused) => panic!("{refused:?}"),
            }
        };
        let rung = tokio::time::timeout(PATIENCE, bell.wait_for(|end| *end >= written.position)).await;
        rung.unwrap_or_else(|_| panic!("{fault:?}: the bell stays silent")).unwrap();
    }
    model.stop();
    tokio::time::sleep(SHORT).await;
    assert!(matches!(store.read_last(&[stream("thing-1")]).await, Err(StoreError::Unavailable(_))));
    model.restart().await.unwrap();
    let written = loop {
        match other.append(vec![begin("thing-9", [9])]).await {
            Ok(written) => break written,
            Err(AppendError::Unknown(_) | AppendError::Unavailable(_)) => {}
            Err(refused) => panic!("{refused:?}"),
        }
    };
    tokio::time::timeout(PATIENCE, bell.wait_for(|end| *end >= written.position)).await.unwrap().unwrap();
    assert_eq!(store.read_all(0, &Filter::all(), 100).await.unwrap().events.len(), 5);
}

#[tokio::test]
async fn a_body_removed_by_one_process_is_gone_for_all_and_after_a_restart() {
    let model = model().await;
    let (store, other) = (connect(&model).await, connect(&model).await);
    let mut append = begin("thing-1", [1]);
    append.events[0].body = Some("\0body".into());
    let position = store.append(vec![append]).await.unwrap().position;
    assert_eq!(store.remove_bodies(&[position]).await.unwrap(), 1);
    let is_gone = async |store: &dyn EventStore| {
        let event = store.read_at(position).await.unwrap().unwrap();
        event.body.as_deref().is_some_and(seal::is_removed)
    };
    assert!(is_gone(&*store).await);
    let seen = async {
        while !is_gone(&*other).await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, seen).await.expect("the other process never heard of it");
    assert!(is_gone(&*connect(&model).await).await);
}
