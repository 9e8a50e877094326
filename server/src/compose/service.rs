//! An installation at work inside this process: followers, API, and a client of its own.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use engine::follow;
use engine::ports::Secret;
use projector::Parts;
use tokio::task::JoinHandle;

use super::Opened;
use crate::checkpoints::Notary;
use crate::client::Client;
use crate::config::Config;
use crate::traces::TellTraces;

/// How much of an installation a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Views only: for looking and changing. Runs wait.
    Views,
    /// Runs too.
    Everything,
}

pub struct Service {
    pub opened: Opened,
    /// For the network.
    pub api: Router,
    local: Router,
    config: Config,
    followers: Followers,
    notary: Arc<Notary>,
    signing: JoinHandle<()>,
    ledger: JoinHandle<()>,
    traces: Option<JoinHandle<()>>,
}

enum Followers {
    Views(super::Views),
    Everything(projector::Running),
}

impl Service {
    pub async fn start(config: &Config, work: Work) -> anyhow::Result<Self> {
        let opened = super::open(config).await.context("the installation cannot be opened")?;
        let followers = match work {
            Work::Views => Followers::Views(opened.start_views()),
            Work::Everything => Followers::Everything(opened.start()),
        };
        let interrupted = command_api::erasing::finish_open(&super::api::context(&opened, config)).await;
        interrupted
            .map_err(|error| anyhow::anyhow!("an interrupted erasure cannot be carried out: {error}"))?;
        let api = super::api::router(&opened, config);
        let local = super::api::local_router(&opened, config);
        let (mut keeper, bus) = (opened.ledger(), opened.parts.bus.clone());
        keeper.catch_up(&*opened.parts.executor.store).await?;
        let ledger = tokio::spawn(async move { follow::run(&*bus, &mut keeper).await });
        let traces = config.trace_url.clone().filter(|_| work == Work::Everything).map(|collector| {
            let Parts { executor, bus, ids, .. } = opened.parts.clone();
            let mut traces = TellTraces::new(executor.store, collector, ids);
            tokio::spawn(async move { follow::run(&*bus, &mut traces).await })
        });
        let notary = Arc::new(opened.notary());
        let signing = tokio::spawn({
            let notary = notary.clone();
            async move { notary.run().await }
        });
        Ok(Self { opened, api, local, config: config.clone(), followers, notary, signing, ledger, traces })
    }

    /// Calls the API without a network between.
    pub fn client(&self) -> Client {
        Client::in_process(self.local.clone())
    }

    /// Lets the followers come to a safe point, and signs where the log then stands.
    pub async fn stop(self) {
        match self.followers {
            Followers::Everything(running) => running.stop().await,
            Followers::Views(views) => drop(views),
        }
        self.ledger.abort();
        self.traces.inspect(JoinHandle::abort);
        if let Err(error) = self.opened.ledger().catch_up(&*self.opened.parts.executor.store).await {
            tracing::error!(error = %format!("{error:#}"), "the ledger of erasures is behind; the next start writes it");
        }
        self.signing.abort();
        if let Err(error) = self.notary.sign().await {
            tracing::error!(error = %format!("{error:#}"), "no checkpoint could be signed at the end");
        }
    }

    /// Makes an administrator token if this installation never had a token.
    pub async fn first_token(&self) -> anyhow::Result<Option<Secret>> {
        super::api::first_token(&self.opened, &self.config).await
    }
}
