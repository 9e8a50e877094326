//! Finding the REST API behind what a person typed. Only here are redirects followed, a few, and shown.

mod link;
mod locate;
pub mod stages;

use std::sync::Arc;
use std::time::Instant;

use app_sdk::egress::Egress;
use app_sdk::signature::decode_entities;
use app_sdk::{AppError, Discover, Discovery, StageSink};
use async_trait::async_trait;
use domain::connection::Identity;
use serde::Deserialize;
use serde_json::Value;

pub use self::locate::{Located, locate};
pub use self::stages::Stages;
use self::stages::Verdict;
use crate::address::normalise;
use crate::describe::public_resources;
use crate::details::Details;
use crate::fault::invalid;

pub struct WordPressDiscover {
    egress: Arc<Egress>,
}

impl WordPressDiscover {
    pub fn new(egress: Arc<Egress>) -> Self {
        Self { egress }
    }
}

/// What the REST root says of the site; routes are passed over.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct RootIndex {
    #[serde(default)]
    pub name: Value,
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub home: String,
    /// A number, or a text of one.
    #[serde(default)]
    pub gmt_offset: Value,
    #[serde(default)]
    pub timezone_string: Value,
    #[serde(default)]
    pub namespaces: Vec<String>,
    #[serde(default)]
    pub authentication: Value,
}

impl RootIndex {
    pub fn identity(&self) -> Identity {
        // WordPress keeps its name as HTML text: `Tea &amp; Co`.
        let name = decode_entities(self.name.as_str().unwrap_or_default()).chars().take(200).collect();
        Identity { url: self.url.clone(), home: self.home.clone(), name }
    }

    pub fn authorization_endpoint(&self) -> Option<&str> {
        self.authentication.get("application-passwords")?.get("endpoints")?.get("authorization")?.as_str()
    }

    pub fn gmt_offset(&self) -> Option<f64> {
        self.gmt_offset.as_f64().or_else(|| self.gmt_offset.as_str()?.parse().ok())
    }

    pub fn timezone(&self) -> Option<String> {
        self.timezone_string.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
    }

    /// `wp/v2` came with WordPress 4.7.
    pub fn require_core(&self) -> Result<(), AppError> {
        if self.namespaces.iter().any(|namespace| namespace == "wp/v2") {
            return Ok(());
        }
        Err(invalid(
            "NO_WP_V2",
            "a REST API answers, but without `wp/v2`, which every WordPress since 4.7 has",
            "update WordPress, or switch off the plugin that removes the core's REST routes",
        ))
    }
}

#[async_trait]
impl Discover for WordPressDiscover {
    async fn discover(&self, typed: &str, sink: StageSink<'_>) -> Result<Discovery, AppError> {
        let mut stages = Stages::new(sink);
        let address =
            stages.step("address", "The address", async { normalise(typed) }, ToString::to_string).await?;
        stages
            .step(
                "dns",
                "Name and network",
                async { self.egress.resolve(&address).await.map_err(AppError::from) },
                |found| format!("{} address(es), all allowed", found.len()),
            )
            .await?;
        let found = stages
            .step("root", "The REST API", locate(&self.egress, address), |found| {
                let via = found
                    .redirects
                    .last()
                    .map(|to| format!(", after a redirect to {to}"))
                    .unwrap_or_default();
                format!("found at {}{via}", found.root.url())
            })
            .await?;
        describe_site(&found, &mut stages);
        stages.begin("types", "Kinds of content");
        let resources = public_resources(&self.egress, &found.root).await;
        stages.note(
            "types",
            "Kinds of content",
            &format!("{} kinds of records can be read", resources.len()),
        );
        Ok(discovery(&found, resources))
    }
}

/// What the answer already says: encryption, name and version, and how it can be authorised.
fn describe_site(found: &Located, stages: &mut Stages<'_>) {
    let is_https = found.root.url().scheme() == "https";
    let encryption = if is_https {
        Verdict::passed("the site answers with encryption")
    } else {
        Verdict::warned(
            "the site answers without encryption, so passwords would cross the network in plain text",
            "give the site https; without it, connect only sites on this machine or in a network you trust",
        )
    };
    stages.end("https", "Encryption", Instant::now(), encryption);
    let name = found.index.identity().name;
    let version = found.version.as_ref().map_or_else(
        || "which does not tell its version".to_owned(),
        |version| format!("WordPress {version}"),
    );
    stages.note("site", "Name and version", &format!("{name}, {version}"));
    let offered = if found.index.authorization_endpoint().is_some() {
        Verdict::passed("the site offers application passwords")
    } else {
        Verdict::warned(
            "the site does not offer application passwords: they are switched off, or the site has no https",
            "switch https and application passwords on; until then only public content can be read",
        )
    };
    stages.end("application-passwords", "Application passwords", Instant::now(), offered);
}

fn discovery(found: &Located, resources: Vec<crate::details::ResourceInfo>) -> Discovery {
    let site = found.root.site();
    let identity = found.index.identity();
    let details = Details {
        root: found.root.url().to_string(),
        pretty: found.root.is_pretty(),
        identity: identity.clone(),
        namespaces: found.index.namespaces.clone(),
        authorization_endpoint: found.index.authorization_endpoint().map(str::to_owned),
        gmt_offset: found.index.gmt_offset(),
        timezone: found.index.timezone(),
        version: found.version.clone(),
        resources,
        capabilities: None,
        context: "view".to_owned(),
        page_max: 100,
    };
    Discovery {
        origin: site.origin().ascii_serialization(),
        address: site.into(),
        identity,
        details: serde_json::to_value(details).unwrap_or_default(),
    }
}
