//! `keys create`.

use adapter_sqlite::{KeyRing, SystemIds};

use crate::config::Config;
use crate::{exit, output};

pub fn run(config: &Config) -> anyhow::Result<u8> {
    let file = super::file(config)?;
    if file.exists() {
        return Err(exit::ending(
            exit::CONFIG,
            format!("{} exists and is not replaced; to change the key run: keys rotate", file.display()),
        ));
    }
    if let Some(parent) = file.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent)?;
    }
    KeyRing::create(&file, &SystemIds)?;
    output::say(&format!(
        "made {} (mode 0600). Keep a copy apart from the data: without it no credential and no personal data can be read",
        file.display()
    ));
    Ok(0)
}
