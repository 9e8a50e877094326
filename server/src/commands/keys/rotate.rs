//! `keys rotate`.

use adapter_sqlite::{KeyRing, SystemIds};

use crate::config::Config;
use crate::{output, profile};

pub async fn run(config: &Config, finish: bool) -> anyhow::Result<u8> {
    let file = super::file(config)?;
    // Opened first with the old keys: a running server holds the directory, and must be stopped for a rotation.
    drop(profile::vault(config, KeyRing::from_file(&file)?).await?);
    let ring = if finish { KeyRing::from_file(&file)? } else { KeyRing::add(&file, &SystemIds)? };
    let done = profile::vault(config, ring).await?.rotate().await?;
    output::say(&format!(
        "{} keys wrapped anew, {} were current already. The old keys in {} are needed for older backups only",
        done.rewrapped,
        done.already_current,
        file.display()
    ));
    if config.profile.is_cluster() {
        output::say("give the file to every process, and start them");
    }
    Ok(0)
}
