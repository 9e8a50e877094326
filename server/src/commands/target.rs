//! Where a command's installation is: a data directory that nobody uses, or a running server.

use std::path::PathBuf;

use adapter_sqlite::OpenError;

use crate::client::{Api, Client, Remote};
use crate::compose::service::{Service, Work};
use crate::config::Config;
use crate::{exit, output, secrets};

#[derive(clap::Args, Clone)]
pub struct Target {
    /// A running server, such as <http://127.0.0.1:8080>; without it the data directory is opened
    #[arg(long, value_name = "URL", env = "PORTAL_SERVER", global = true)]
    server: Option<String>,
    /// File with an access token for that server
    #[arg(long, value_name = "FILE", env = "PORTAL_TOKEN_FILE", global = true)]
    token_file: Option<PathBuf>,
    /// As JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
}

/// An open way to the API.
pub struct Reached {
    pub api: Api,
    service: Option<Service>,
}

impl Target {
    pub async fn reach(&self, config: &Config, work: Work) -> anyhow::Result<Reached> {
        let Some(server) = &self.server else { return local(config, work).await };
        let server = Remote::parse(server)?;
        if server.is_exposed() {
            output::complain("warning: the token crosses the network in plain text; use https");
        }
        let Some(file) = &self.token_file else {
            return Err(exit::ending(exit::USAGE, "--server needs --token-file FILE with an access token"));
        };
        let token = secrets::from_file(file, "the access token")?;
        Ok(Reached { api: Api::new(Client::remote(server, token)), service: None })
    }
}

async fn local(config: &Config, work: Work) -> anyhow::Result<Reached> {
    match Service::start(config, work).await {
        Ok(service) => Ok(Reached { api: Api::new(service.client()), service: Some(service) }),
        Err(error)
            if error.chain().any(|cause| matches!(cause.downcast_ref(), Some(OpenError::InUse(_)))) =>
        {
            Err(exit::ending(
                exit::IN_USE,
                format!(
                    "{} is in use by a running server; talk to it with --server URL --token-file FILE",
                    config.data.display()
                ),
            ))
        }
        Err(error) => Err(error),
    }
}

impl Reached {
    pub async fn close(self) {
        if let Some(service) = self.service {
            service.stop().await;
        }
    }
}
