//! What is kept in files beside an embedded log: the ledger of erasures, and signed checkpoints.

use std::sync::Arc;

use engine::follow;
use engine::ports::Bus;
use tokio::task::JoinHandle;

use crate::checkpoints::Notary;
use crate::profile::embedded::Directory;

pub struct Beside {
    notary: Arc<Notary>,
    signing: JoinHandle<()>,
    ledger: JoinHandle<()>,
}

impl Beside {
    pub async fn start(directory: &Directory, bus: Arc<dyn Bus>) -> anyhow::Result<Self> {
        let mut keeper = directory.ledger();
        keeper.catch_up(directory.log()).await?;
        let ledger = tokio::spawn(async move { follow::run(&*bus, &mut keeper).await });
        let notary = Arc::new(directory.notary());
        let signing = tokio::spawn({
            let notary = notary.clone();
            async move { notary.run().await }
        });
        Ok(Self { notary, signing, ledger })
    }

    /// Brings the ledger up to the log's end, and signs it.
    pub async fn stop(self, directory: &Directory) {
        self.ledger.abort();
        if let Err(error) = directory.ledger().catch_up(directory.log()).await {
            tracing::error!(error = %format!("{error:#}"), "the ledger of erasures is behind; the next start writes it");
        }
        self.signing.abort();
        if let Err(error) = self.notary.sign().await {
            tracing::error!(error = %format!("{error:#}"), "no checkpoint could be signed at the end");
        }
    }
}
