//! `keys rotate`.

use std::sync::Arc;

use adapter_sqlite::{DataDir, KeyRing, SqliteVault, SystemIds};
use engine::ports::Vault;

use crate::config::Config;
use crate::output;

pub async fn run(config: &Config, finish: bool) -> anyhow::Result<u8> {
    let file = super::file(config)?;
    // Taken first: a running server holds the old key ring and must be stopped for a rotation.
    let dir = DataDir::open(&config.data)?;
    let ids = Arc::new(SystemIds);
    let ring = if finish { KeyRing::from_file(&file)? } else { KeyRing::add(&file, &*ids)? };
    let vault = SqliteVault::open(&dir, ring, ids).await?;
    let done = vault.rotate().await?;
    output::say(&format!(
        "{} keys wrapped anew, {} were current already. The old keys in {} are needed for older backups only",
        done.rewrapped,
        done.already_current,
        file.display()
    ));
    Ok(0)
}
