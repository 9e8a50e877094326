//! The same operations on the adapters in memory and in SQLite give the same answers, down to the words.

use std::sync::Arc;

use acceptance::contracts::read_store::batch;
use acceptance::contracts::samples::{events, stream, to};
use adapter_memory::{ManualClock, MemoryEventStore, MemoryReadStore};
use adapter_sqlite::{DataDir, SqliteEventStore, SqliteReadStore};
use engine::ports::{EventStore, Expected, Filter, ReadStore, StreamAppend};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::view_steps::{change, query, same_pages};

const STREAMS: [&str; 5] = ["a-cn_1.things.1", "a-cn_1.things.01", "b-x", "b-7", "c-cn_1.x"];

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 64,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_260_601),
        max_shrink_iters: 500,
        ..ProptestConfig::default()
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// Streams with what to expect (`None`: what is right) and how many events; ids go on from the last.
    Append(Vec<(usize, Option<Expected>, u8)>),
    /// An earlier append, again.
    Repeat(usize),
    /// An earlier append with another payload.
    Alter(usize),
    ReadAll(u64, u8, usize),
    ReadStream(usize, u64, usize),
    ReadLast(Vec<usize>),
}

fn expected() -> impl Strategy<Value = Option<Expected>> {
    prop_oneof![
        4 => Just(None),
        1 => Just(Some(Expected::NoStream)),
        1 => (0..6_u64).prop_map(|revision| Some(Expected::Exact(revision))),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let append = (0..STREAMS.len(), expected(), 1..4_u8);
    prop_oneof![
        5 => proptest::collection::vec(append, 1..4).prop_map(Step::Append),
        2 => any::<usize>().prop_map(Step::Repeat),
        1 => any::<usize>().prop_map(Step::Alter),
        1 => (0..40_u64, 0..8_u8, 1..20_usize).prop_map(|(after, mask, limit)| Step::ReadAll(after, mask, limit)),
        1 => (0..STREAMS.len(), 0..5_u64, 0..5_usize).prop_map(|(name, from, limit)| Step::ReadStream(name, from, limit)),
        1 => proptest::collection::vec(0..STREAMS.len(), 0..7).prop_map(Step::ReadLast),
    ]
}

/// Turns a step into an append; the model tells what is right to expect.
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

async fn read(step: &Step, store: &dyn EventStore) -> String {
    match step {
        Step::ReadAll(after, mask, limit) => {
            let wanted = ["a", "b", "c"].into_iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0);
            let filter = Filter::categories(wanted.map(|(_, category)| category));
            format!("{:?}", store.read_all(*after, &filter, *limit).await.unwrap())
        }
        Step::ReadStream(name, from, limit) => {
            format!("{:?}", store.read_stream(&stream(STREAMS[*name]), *from, *limit).await.unwrap())
        }
        Step::ReadLast(names) => {
            let names: Vec<_> = names.iter().map(|name| stream(STREAMS[*name])).collect();
            format!("{:?}", store.read_last(&names).await.unwrap())
        }
        _ => String::new(),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn logs_agree(steps in proptest::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let home = tempfile::tempdir().unwrap();
            let clock = Arc::new(ManualClock::default());
            let model = MemoryEventStore::new(clock.clone());
            let sqlite = SqliteEventStore::open(&DataDir::open(home.path()).unwrap(), clock).await.unwrap();
            let mut past = Vec::new();
            for step in &steps {
                match appends(step, &model, &past).await {
                    Some(appends) => {
                        let right = model.append(appends.clone()).await;
                        let found = sqlite.append(appends.clone()).await;
                        assert_eq!(format!("{right:?}"), format!("{found:?}"), "{step:?}");
                        past.push(appends);
                    }
                    None => assert_eq!(read(step, &model).await, read(step, &sqlite).await, "{step:?}"),
                }
                assert_eq!(*model.end().borrow(), *sqlite.end().borrow());
            }
            let all = Step::ReadAll(0, 0, 10_000);
            assert_eq!(read(&all, &model).await, read(&all, &sqlite).await);
        });
    }

    #[test]
    fn views_agree(
        rounds in proptest::collection::vec(proptest::collection::vec(change(), 0..12), 1..6),
        queries in proptest::collection::vec(query(), 1..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let home = tempfile::tempdir().unwrap();
            let model = MemoryReadStore::new();
            let sqlite = SqliteReadStore::open(&DataDir::open(home.path()).unwrap()).await.unwrap();
            for (changes, checkpoint) in rounds.into_iter().zip(1..) {
                model.apply(vec![batch(checkpoint, changes.clone())]).await.unwrap();
                sqlite.apply(vec![batch(checkpoint, changes)]).await.unwrap();
                for query in &queries {
                    same_pages(&model, &sqlite, query.clone()).await;
                }
            }
        });
    }
}
