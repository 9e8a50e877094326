//! An installation at work inside this process: followers, API, and a client of its own.

use anyhow::Context;
use axum::Router;
use engine::ports::Secret;

use super::Opened;
use crate::client::Client;
use crate::config::Config;

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
        let api = super::api::router(&opened, config);
        let local = super::api::local_router(&opened, config);
        Ok(Self { opened, api, local, config: config.clone(), followers })
    }

    /// Calls the API without a network between.
    pub fn client(&self) -> Client {
        Client::in_process(self.local.clone())
    }

    /// Lets the followers come to a safe point.
    pub async fn stop(self) {
        match self.followers {
            Followers::Everything(running) => running.stop().await,
            Followers::Views(views) => drop(views),
        }
    }

    /// Makes an administrator token if this installation never had a token.
    pub async fn first_token(&self) -> anyhow::Result<Option<Secret>> {
        super::api::first_token(&self.opened, &self.config).await
    }
}
