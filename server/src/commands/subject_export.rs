//! `subject-export`: a copy of everything that is held of a person, for the person.

use std::path::PathBuf;

use super::erase::Person;
use super::target::Target;
use crate::compose::service::Work;
use crate::config::Config;
use crate::{installation, output};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    person: Person,
    /// File to write (mode 0600) instead of showing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let reached = args.target.reach(&config, Work::Views).await?;
    let export = reached.api.create("subject-exports", &args.person.body()?).await?;
    match args.out {
        None => output::say_json(&export),
        Some(file) => {
            installation::write_private(&file, format!("{export:#}\n").as_bytes())?;
            output::say(&format!("wrote {}", file.display()));
        }
    }
    reached.close().await;
    Ok(0)
}
