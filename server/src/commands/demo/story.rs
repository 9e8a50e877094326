//! What the demo does and says.

use engine::ports::Secret;
use serde_json::Value;
use wordpress_model::{SAMPLE_LOGIN, SAMPLE_PASSWORD};

use crate::client::Api;
use crate::commands::import::{self, plan, site};
use crate::commands::{show, watch};
use crate::listen::Stop;
use crate::output::{self, Table};

/// Imported records shown of each kind.
const SHOWN: usize = 5;

/// Connects, imports twice, and shows what came of it. Gives the exit code.
pub async fn tell(api: &Api, address: &str, stop: &Stop) -> anyhow::Result<u8> {
    output::say(&format!("1. A WordPress site is at {address}. Connecting as {SAMPLE_LOGIN}:"));
    let secret = || Ok(Secret::new(SAMPLE_PASSWORD.to_owned()));
    let (connection, tested) = site::connect(address, SAMPLE_LOGIN, secret, api).await?;
    for stage in tested["stages"].as_array().into_iter().flatten() {
        output::say(&format!("   {}", show::stage(stage)));
    }
    if tested["health"] == "failing" {
        return Ok(crate::exit::FAILED);
    }
    let resources = plan::USUAL.map(str::to_owned);
    let request = plan::Request { resources: &resources, dry_run: false, limit: None };
    output::say("");
    output::say("2. Importing users and posts:");
    let first = import::everything(api, &connection, &request, stop, false).await?;
    let code = watch::report(api, &first, false).await?;
    output::say("");
    output::say("3. What Portal has now:");
    portal(api, "user", &["name", "email"]).await?;
    portal(api, "post", &["title", "status"]).await?;
    output::say("");
    output::say("4. The same import again:");
    let second = import::everything(api, &connection, &request, stop, false).await?;
    watch::report(api, &second, false).await?;
    let writes: u64 = second.iter().map(writes).sum();
    output::say(&format!("   {writes} records written: what has not changed is not written again."));
    Ok(code)
}

fn writes(run: &Value) -> u64 {
    ["created", "updated"].iter().filter_map(|name| run["counts"][name].as_u64()).sum()
}

async fn portal(api: &Api, entity: &'static str, fields: &[&'static str]) -> anyhow::Result<()> {
    let records = api.list(&format!("portal/{entity}s")).await?;
    let mut table = Table::new([entity].into_iter().chain(fields.iter().copied()));
    for record in records.iter().take(SHOWN) {
        let cells = fields.iter().map(|field| show::text(&record["fields"][field]));
        table.row([show::text(&record["id"])].into_iter().chain(cells));
    }
    table.print();
    if records.len() > SHOWN {
        output::say(&format!("… and {} more", records.len() - SHOWN));
    }
    Ok(())
}
