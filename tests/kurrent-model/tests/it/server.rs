//! Connections.

use std::sync::Arc;
use std::time::Duration;

use adapter_kurrent::{ConnectError, KurrentEventStore, KurrentSettings};
use adapter_memory::ManualClock;
use engine::ports::{EventStore, Secret};
use kurrent_model::KurrentModel;

pub const DEADLINE: Duration = Duration::from_secs(10);

pub async fn connect_to(url: &str, deadline: Duration) -> Result<KurrentEventStore, ConnectError> {
    let settings = KurrentSettings { url: Secret::new(url.to_owned()), deadline };
    KurrentEventStore::connect(settings, Arc::new(ManualClock::default())).await
}

pub async fn connect(model: &KurrentModel) -> Arc<dyn EventStore> {
    Arc::new(connect_to(&model.url(), DEADLINE).await.unwrap())
}

pub async fn model() -> KurrentModel {
    KurrentModel::start().await.unwrap()
}
