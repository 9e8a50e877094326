//! `doctor`: looks at everything an installation stands on, and says what to do about what it finds.

mod data;
mod finding;
mod integrity;
mod machine;
mod servers;
mod settings;

use chrono::{DateTime, Utc};
use engine::ports::Clock;
use finding::{Finding, Level};

use crate::config::Config;
use crate::{exit, output};

#[derive(clap::Args)]
pub struct Args {
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
    /// Skip reading every page of the log
    #[arg(long)]
    quick: bool,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let mut findings = settings::look(&config);
    let (found, newest): (Vec<Finding>, Option<DateTime<Utc>>) = if config.profile.is_cluster() {
        (servers::look(&config).await, None)
    } else {
        data::look(&config, args.quick).await
    };
    findings.extend(found);
    if !config.profile.is_cluster() && config.data.join("log.db").exists() {
        findings.push(integrity::chain(&config.data, args.quick));
        findings.push(integrity::backup(&config.data, adapter_sqlite::SystemClock.now()));
        findings.push(integrity::erasures(&config.data));
    }
    let place = if config.data.exists() { config.data.clone() } else { std::env::current_dir()? };
    findings.push(machine::disk(&place, config.disk_reserve));
    findings.push(machine::clock(adapter_sqlite::SystemClock.now(), newest));
    findings.push(machine::names().await);
    findings.push(machine::authorities());
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
    if args.json {
        output::say_json(&serde_json::json!({ "worst": worst, "findings": findings }));
    } else {
        for finding in &findings {
            output::say(&finding.line());
        }
    }
    Ok(match worst {
        Level::Ok => 0,
        Level::Warn => exit::PARTLY,
        Level::Fail => exit::FAILED,
    })
}
