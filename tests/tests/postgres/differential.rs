//! The same changes and questions to the views in memory and in PostgreSQL give the same answers.

use acceptance::contracts::read_store::{THINGS, batch};
use adapter_memory::MemoryReadStore;
use adapter_postgres::PostgresReadStore;
use engine::ports::ReadStore;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

use crate::stage::Stage;
use crate::view_steps::{change, query, same_pages};

#[test]
fn views_agree() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let stage = Stage::new();
    let store =
        runtime.block_on(async { PostgresReadStore::open(&stage.connect_fresh().await).await.unwrap() });
    let config = ProptestConfig {
        cases: 64,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_260_601),
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    };
    let rounds = proptest::collection::vec(proptest::collection::vec(change(), 0..12), 1..6);
    let queries = proptest::collection::vec(query(), 1..12);
    TestRunner::new(config)
        .run(&(rounds, queries), |(rounds, queries)| {
            runtime.block_on(async {
                store.drop_view(&THINGS).await.unwrap();
                let model = MemoryReadStore::new();
                for (changes, checkpoint) in rounds.into_iter().zip(1..) {
                    model.apply(vec![batch(checkpoint, changes.clone())]).await.unwrap();
                    store.apply(vec![batch(checkpoint, changes)]).await.unwrap();
                    for query in &queries {
                        same_pages(&model, &store, query.clone()).await;
                    }
                    assert_eq!(model.digest(&THINGS).await.unwrap(), store.digest(&THINGS).await.unwrap());
                }
            });
            Ok(())
        })
        .unwrap();
}
