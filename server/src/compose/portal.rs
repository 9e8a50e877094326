//! The built-in Portal's connection, there from the first start.

use app_portal::{EMBEDDED_ADDRESS, EMBEDDED_CONNECTION};
use domain::connection::{ConnectionCommand, Connections};
use domain::decider::Decider;
use engine::execute::{ExecuteError, Executor};
use engine::{Meta, StreamName};

pub async fn ensure(executor: &Executor) -> anyhow::Result<()> {
    let stream = StreamName::new(Connections::CATEGORY, EMBEDDED_CONNECTION);
    if !executor.store.read_stream(&stream, 0, 1).await?.is_empty() {
        return Ok(());
    }
    let add = ConnectionCommand::Add {
        app: "portal".to_owned(),
        name: "Portal".to_owned(),
        address: EMBEDDED_ADDRESS.to_owned(),
        origin: EMBEDDED_ADDRESS.to_owned(),
    };
    match executor.execute::<Connections>(EMBEDDED_CONNECTION, add, Meta::by("installation")).await {
        Ok(_) => Ok(()),
        // Somebody was quicker, which is as good.
        Err(ExecuteError::Rejected(rejection)) if rejection.code == "ALREADY_EXISTS" => Ok(()),
        Err(error) => Err(error.into()),
    }
}
