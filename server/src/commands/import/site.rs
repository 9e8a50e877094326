//! The connection of an import: found again, or made.

use engine::ports::Secret;
use serde_json::{Value, json};
use url::Url;

use crate::client::Api;
use crate::commands::connections::add;

/// The connection and its test. A known connection keeps its credential as long as that works, so the secret is asked
/// for only when it is needed. A new one is kept only if its test does not fail.
pub async fn connect(
    site: &str,
    user: &str,
    secret: impl FnOnce() -> anyhow::Result<Secret>,
    api: &Api,
) -> anyhow::Result<(Value, Value)> {
    let known = api.list("connections").await?.into_iter().find(|connection| {
        connection["app"] == "wordpress"
            && connection["account"] == user
            && connection["address"].as_str().is_some_and(|address| is_same(address, site))
    });
    let Some(connection) = known else {
        let added =
            add::add(&add::New { site, user, secret: &secret()?, name: None, only_healthy: true }, api)
                .await?;
        let connection = api.show("connections", added["id"].as_str().unwrap_or_default()).await?;
        return Ok((connection.clone(), connection));
    };
    let id = connection["id"].as_str().unwrap_or_default();
    let mut tested = api.act("connections", id, "test", &json!({})).await?;
    if tested["health"] == "failing" {
        tested = api
            .act("connections", id, "credentials", &json!({ "auth": add::auth(user, &secret()?) }))
            .await?;
    }
    Ok((connection, tested))
}

/// The same place, however it was typed.
fn is_same(address: &str, typed: &str) -> bool {
    let read = |text: &str| {
        let text = text.trim();
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        Url::parse(&whole).ok()
    };
    match (read(address), read(typed)) {
        (Some(one), Some(other)) => {
            let place = |url: &Url| {
                (url.host_str().map(str::to_owned), url.port(), url.path().trim_end_matches('/').to_owned())
            };
            place(&one) == place(&other)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn a_site_is_known_again_however_it_is_typed() {
        assert!(is_same("https://example.org/blog/", "example.org/blog"));
        assert!(is_same("https://example.org/", " https://EXAMPLE.org"));
        assert!(is_same("http://127.0.0.1:8081/", "http://127.0.0.1:8081"));
        assert!(!is_same("https://example.org/", "https://example.org:8443/"));
        assert!(!is_same("https://example.org/blog/", "https://example.org/"));
    }
}
