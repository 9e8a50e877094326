//! Where the vault's key comes from: the environment, a named file, or a file in the data directory made at the
//! first start.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use adapter_sqlite::{DataDir, KeyRing};
use engine::ports::Ids;

use crate::config::Config;
use crate::exit;

const FILE: &str = "vault.key";
const VAULT: &str = "vault.db";

pub fn default_key_file(data: &Path) -> PathBuf {
    data.join(FILE)
}

pub fn key_ring(config: &Config, dir: &DataDir, ids: &dyn Ids) -> anyhow::Result<KeyRing> {
    if let Some(key) = &config.key {
        return Ok(KeyRing::from_text(key.expose())?);
    }
    if let Some(file) = &config.key_file {
        return from_named(file);
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
