//! The same operations on the log in memory and in the model of KurrentDB give the same answers, but for positions.

use std::sync::Arc;

use adapter_memory::{ManualClock, MemoryEventStore};
use engine::Recorded;
use engine::ports::{AppendError, Appended, EventStore, Expected, Filter, StreamAppend};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::server::{connect, model};
use super::suites::samples::{events, stream, to};

const STREAMS: [&str; 4] = ["a-cn_1.things.1", "b-x", "b-7", "c-cn_1.x"];

#[derive(Clone, Debug)]
enum Step {
    /// Streams with what to expect (`None`: what is right) and how many events. Two at most, as the order of more is
    /// not promised.
    Append(Vec<(usize, Option<Expected>, u8)>),
    Repeat(usize),
    /// An earlier append with another body.
    Alter(usize),
    ReadStream(usize, u64, usize),
    ReadAll(u8, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let expected = prop_oneof![
        4 => Just(None),
        1 => Just(Some(Expected::NoStream)),
        1 => (0..6_u64).prop_map(|revision| Some(Expected::Exact(revision))),
    ];
    let append = (0..STREAMS.len(), expected, 1..4_u8);
    prop_oneof![
        5 => proptest::collection::vec(append, 1..3).prop_map(Step::Append),
        2 => any::<usize>().prop_map(Step::Repeat),
        1 => any::<usize>().prop_map(Step::Alter),
        1 => (0..STREAMS.len(), 0..5_u64, 0..5_usize).prop_map(|(name, from, limit)| Step::ReadStream(name, from, limit)),
        1 => (0..8_u8, 1..20_usize).prop_map(|(mask, limit)| Step::ReadAll(mask, limit)),
    ]
}

async fn appends(
    step: &Step,
    model: &MemoryEventStore,
    past: &[Vec<StreamAppend>],
) -> Option<Vec<StreamAppend>> {
    match step {
        Step::Append(parts) => {
            let mut number: u128 = past.iter().flatten().map(|append| append.events.len() as u128).sum();
            let mut appends = Vec::new();
            for (name, wanted, count) in parts {
                let last = model.read_last(&[stream(STREAMS[*name])]).await.unwrap().remove(0);
                let right = last.map_or(Expected::NoStream, |event| Expected::Exact(event.revision));
                let new = events(number..number + u128::from(*count));
                appends.push(to(STREAMS[*name], wanted.unwrap_or(right), new));
                number += u128::from(*count);
            }
            Some(appends)
        }
        Step::Repeat(which) if !past.is_empty() => Some(past[which % past.len()].clone()),
        Step::Alter(which) if !past.is_empty() => {
            let mut altered = past[which % past.len()].clone();
            let last = altered.last_mut().and_then(|append| append.events.last_mut())?;
            last.body = Some("other".into());
            Some(altered)
        }
        _ => None,
    }
}

fn answer(answer: &Result<Appended, AppendError>) -> String {
    answer.as_ref().map_or_else(|error| format!("{error:?}"), |_| "written".to_owned())
}

fn without_positions(events: Vec<Recorded>) -> Vec<Recorded> {
    events.into_iter().map(|event| Recorded { position: 0, ..event }).collect()
}

async fn read(step: &Step, store: &dyn EventStore) -> Vec<Recorded> {
    without_positions(match step {
        Step::ReadStream(name, from, limit) => {
            store.read_stream(&stream(STREAMS[*name]), *from, *limit).await.unwrap()
        }
        Step::ReadAll(mask, limit) => {
            let wanted = ["a", "b", "c"].into_iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0);
            let filter = Filter::categories(wanted.map(|(_, category)| category));
            store.read_all(0, &filter, *limit).await.unwrap().events
        }
        _ => vec![],
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 32,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_260_601),
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    })]

    #[test]
    fn logs_agree(steps in proptest::collection::vec(step(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let memory = MemoryEventStore::new(Arc::new(ManualClock::default()));
            let server = model().await;
            let kurrent = connect(&server).await;
            let mut past = Vec::new();
            for step in &steps {
                match appends(step, &memory, &past).await {
                    Some(appends) => {
                        let right = memory.append(appends.clone()).await;
                        let found = kurrent.append(appends.clone()).await;
                        assert_eq!(answer(&right), answer(&found), "{step:?}");
                        past.push(appends);
                    }
                    None => assert_eq!(read(step, &memory).await, read(step, &*kurrent).await, "{step:?}"),
                }
            }
            let all = Step::ReadAll(0, 10_000);
            assert_eq!(read(&all, &memory).await, read(&all, &*kurrent).await);
        });
    }
}
