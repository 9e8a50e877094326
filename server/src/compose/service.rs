//! An installation at work inside this process: followers, API, and a client of its own.

use anyhow::Context;
use axum::Router;
use engine::ports::Secret;

use super::Opened;
use super::beside::Beside;
use crate::client::Client;
use crate::config::Config;
use crate::profile::Relaying;
use crate::role::Role;

/// How much of an installation a process needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Views only: for looking and changing. Runs wait.
    Views,
    /// What this role does.
    Role(Role),
}

impl Work {
    /// Runs too: for commands that wait for one.
    pub const EVERYTHING: Self = Self::Role(Role::Everything);

    fn role(self) -> Role {
        match self {
            Self::Views => Role::Everything,
            Self::Role(role) => role,
        }
    }
}

pub struct Service {
    pub opened: Opened,
    pub role: Role,
    /// For the network.
    pub api: Router,
    local: Router,
    config: Config,
    followers: Followers,
    beside: Option<Beside>,
    relaying: Option<Relaying>,
}

enum Followers {
    One(#[expect(dead_code, reason = "dropping it ends it")] super::Following),
    Everything(projector::Running),
    None,
}

impl Service {
    pub async fn start(config: &Config, work: Work) -> anyhow::Result<Self> {
        let role = work.role();
        let opened = super::open(config, role).await.context("the installation cannot be opened")?;
        let followers = match work {
            Work::Views => Followers::One(opened.start_views()),
            Work::Role(role) if role.follows() => Followers::Everything(opened.start()),
            Work::Role(role) if role.knows_endpoints() => Followers::One(opened.start_hooks()),
            Work::Role(_) => Followers::None,
        };
        let relaying = match work {
            Work::Role(role) if role.relays() => opened.home.relay(),
            _ => None,
        };
        if role.answers_people() {
            let interrupted = command_api::erasing::finish_open(&super::api::context(&opened, config)).await;
            interrupted
                .map_err(|error| anyhow::anyhow!("an interrupted erasure cannot be carried out: {error}"))?;
        }
        let api = super::api::router(&opened, config);
        let local = super::api::local_router(&opened, config);
        let beside = match opened.home.directory() {
            Some(directory) => Some(Beside::start(directory, opened.parts.bus.clone()).await?),
            None => None,
        };
        Ok(Self { opened, role, api, local, config: config.clone(), followers, beside, relaying })
    }

    /// Calls the API without a network between.
    pub fn client(&self) -> Client {
        Client::in_process(self.local.clone())
    }

    /// Lets the followers come to a safe point, and signs where the log then stands.
    pub async fn stop(self) {
        if let Followers::Everything(running) = self.followers {
            running.stop().await;
        }
        if let Some(relaying) = self.relaying {
            relaying.stop().await;
        }
        if let (Some(beside), Some(directory)) = (self.beside, self.opened.home.directory()) {
            beside.stop(directory).await;
        }
    }

    /// Makes an administrator token if this installation never had a token.
    pub async fn first_token(&self) -> anyhow::Result<Option<Secret>> {
        super::api::first_token(&self.opened, &self.config).await
    }
}
