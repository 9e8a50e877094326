//! Ending: the first signal drains, the second ends at once.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::exit;

#[derive(Clone, Default)]
pub struct Stop {
    /// No new work; what is in flight may end.
    pub draining: CancellationToken,
    /// Nothing may go on.
    pub now: CancellationToken,
}

/// Listens for SIGTERM and SIGINT from now on.
pub fn watch_signals(stop: &Stop) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = stop.clone();
    tokio::spawn(async move {
        let name = next(&mut terminate, &mut interrupt).await;
        tracing::info!(signal = name, "ending: requests in flight may finish; a second signal ends at once");
        stop.draining.cancel();
        let name = next(&mut terminate, &mut interrupt).await;
        tracing::warn!(signal = name, "ending at once; everything acknowledged is on disk");
        stop.now.cancel();
        std::process::exit(exit::SECOND_SIGNAL);
    });
    Ok(())
}

async fn next(terminate: &mut Signal, interrupt: &mut Signal) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}
