//! `keys status`.

use serde::Serialize;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::{compose, exit, output};

#[derive(Serialize)]
struct Status {
    /// Where the key comes from.
    source: String,
    /// Key versions; the newest wraps, the others still open.
    versions: Vec<String>,
    opens_the_vault: bool,
}

pub async fn run(config: &Config, json: bool) -> anyhow::Result<u8> {
    if !config.profile.is_cluster() && !config.data.exists() {
        return Err(exit::ending(
            exit::CONFIG,
            format!(
                "there is no data directory {} yet; it is made at the first start",
                config.data.display()
            ),
        ));
    }
    let (source, text) = if let Some(key) = &config.key {
        ("PORTAL_KEY".to_owned(), Zeroizing::new(key.expose().to_owned()))
    } else {
        let file = super::file(config)?;
        (file.display().to_string(), Zeroizing::new(std::fs::read_to_string(&file).unwrap_or_default()))
    };
    compose::open_vault(config).await?;
    let status = Status { source, versions: versions(&text), opens_the_vault: true };
    if json {
        output::say_json(&status);
    } else {
        output::say(&format!("key      {}", status.source));
        output::say(&format!("versions {}", status.versions.join(", ")));
        output::say("vault    opens with it");
    }
    Ok(0)
}

/// `v1`, `v2`: what stands before the colons, never what stands behind.
fn versions(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || c == ',')
        .filter_map(|part| part.split_once(':'))
        .map(|(version, _)| version.to_owned())
        .collect()
}
