//! PostgreSQL does as each port's suite says.

use std::sync::Arc;

use acceptance::contracts::{leases, read_store, vault};
use adapter_postgres::{Postgres, PostgresLeases, PostgresReadStore, PostgresVault};
use adapter_sqlite::{KeyRing, SystemIds};
use engine::ports::{ReadStore, Vault};
use futures::FutureExt;

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_views() {
    let stage = Stage::new();
    let make = async || {
        Arc::new(PostgresReadStore::open(&stage.connect_fresh().await).await.unwrap()) as Arc<dyn ReadStore>
    };
    read_store::suite(make).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_vault() {
    let stage = Stage::new();
    let home = tempfile::tempdir().unwrap();
    let keys = KeyRing::create(&home.path().join("keys"), &SystemIds).unwrap();
    let make = async || {
        let postgres = stage.connect_fresh().await;
        Arc::new(PostgresVault::open(&postgres, keys.clone(), Arc::new(SystemIds)).await.unwrap())
            as Arc<dyn Vault>
    };
    vault::suite(make).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_leases() {
    let stage = Arc::new(Stage::new());
    let make = async || {
        let settings = stage.fresh();
        let schema = settings.schema.clone();
        let postgres = Postgres::connect(settings).await.unwrap();
        let leases = Arc::new(PostgresLeases::open(&postgres).await.unwrap());
        let stage = stage.clone();
        let pass = move |time: std::time::Duration| {
            // Every lease was asked for so much earlier.
            let micros = time.as_micros();
            let sql = format!(
                "UPDATE {schema}.leases SET held_until = held_until - {micros} * interval '1 microsecond'"
            );
            stage.server.sql(&sql);
            futures::future::ready(()).boxed()
        };
        leases::Made { leases, pass: Box::new(pass) }
    };
    leases::suite(make).await;
}
