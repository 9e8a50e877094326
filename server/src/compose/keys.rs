//! Where the vault's key comes from: the environment, a named file, or a file in the data directory made at the
//! first start.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use adapter_sqlite::{DataDir, KeyRing, SystemIds};
use engine::ports::Ids;

use crate::config::Config;
use crate::{exit, profile};

const FILE: &str = "vault.key";
const VAULT: &str = "vault.db";

pub fn default_key_file(data: &Path) -> PathBuf {
    data.join(FILE)
}

#[cfg(feature = "cluster")]
/// The key that was given; in a cluster there is no other.
pub fn given_key_ring(config: &Config) -> anyhow::Result<KeyRing> {
    given(config)?.ok_or_else(|| {
        exit::ending(
            exit::CONFIG,
            "the cluster profile needs the vault's key, the same on every process; make it once with `portal-integrations \
             keys create --key-file FILE`, and give it to each process with key_file or PORTAL_KEY",
        )
    })
}

/// Opens the vault with the key in use.
pub async fn open_vault(config: &Config) -> anyhow::Result<()> {
    let ring = match given(config)? {
        Some(ring) => ring,
        // Holds the directory only while it looks.
        None => key_ring(config, &DataDir::open(&config.data)?, &SystemIds)?,
    };
    profile::vault(config, ring).await?;
    Ok(())
}

fn given(config: &Config) -> anyhow::Result<Option<KeyRing>> {
    if let Some(key) = &config.key {
        return Ok(Some(KeyRing::from_text(key.expose())?));
    }
    config.key_file.as_deref().map(from_named).transpose()
}

pub fn key_ring(config: &Config, dir: &DataDir, ids: &dyn Ids) -> anyhow::Result<KeyRing> {
    if let Some(ring) = given(config)? {
        return Ok(ring);
    }
    let file = default_key_file(dir.path());
    if file.exists() {
        return Ok(KeyRing::from_file(&file)?);
    }
    if dir.path().join(VAULT).exists() {
        return Err(exit::ending(
            exit::CONFIG,
            format!("the key file {} is missing; put it back, or name it with --key-file", file.display()),
        ));
    }
    Ok(KeyRing::create(&file, ids)?)
}

fn from_named(file: &Path) -> anyhow::Result<KeyRing> {
    if !file.exists() {
        return Err(exit::ending(
            exit::CONFIG,
            format!(
                "the key file {} does not exist; make it with: portal-integrations keys create --key-file {}",
                file.display(),
                file.display()
            ),
        ));
    }
    if is_credential(file) {
        // systemd guards its credentials with an access list, which shows as a readable group.
        let text = zeroize::Zeroizing::new(std::fs::read_to_string(file)?);
        return Ok(KeyRing::from_text(&text)?);
    }
    Ok(KeyRing::from_file(file)?)
}

/// True for a file that systemd handed over (`LoadCredential=`), as long as not everybody may read it.
fn is_credential(file: &Path) -> bool {
    let given = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    let others = |it: std::fs::Metadata| it.permissions().mode() & 0o007;
    let is_private = std::fs::metadata(file).is_ok_and(|it| others(it) == 0);
    is_private && given.is_some_and(|directory| file.parent() == Some(&directory))
}
