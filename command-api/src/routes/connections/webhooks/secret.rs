//! Secrets of an endpoint: made here or brought along, shown at most once, and wiped when they are no longer accepted.

use app_sdk::signature::{SECRET_BYTES, SigningKey, VerifyingKey, decode_entities, webhook_slot};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::endpoint::{Mode, NewSecret, SecretLine};
use domain::ids::ConnectionId;
use engine::ports::Secret;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::context::Api;
use crate::endpoint::Problem;
use crate::extract::SecretText;

const RANDOM_BYTES: usize = 32;
/// What the plugin's settings page takes in one paste.
const PAIRING_PREFIX: &str = "portal-pair:";

/// A secret, on its way to the vault and perhaps to whoever asked.
pub struct Fresh {
    pub stored: NewSecret,
    /// What may be shown: only what was made here.
    shown: Option<Secret>,
}

/// What is in this answer and nowhere else.
#[derive(Serialize, ToSchema)]
pub struct ShownOnce {
    /// Where deliveries are sent. With `capability-url` the secret is a part of it.
    pub url: String,
    /// Absent when you brought your own.
    pub secret: Option<String>,
    /// For the WordPress plugin: paste it into its settings page.
    pub pairing_code: Option<String>,
}

impl Api {
    /// Puts a secret into the vault, in a place of its own: nobody can replace another's by being quick.
    pub async fn keep_secret(
        &self,
        id: &ConnectionId,
        mode: &Mode,
        given: Option<SecretText>,
    ) -> Result<Fresh, Problem> {
        let (secret, is_ours) = match given {
            Some(SecretText(secret)) => (checked(mode, secret)?, false),
            None => (self.made(mode), true),
        };
        let slot = self.context.ids.short();
        let fingerprint = self.context.vault.store(&webhook_slot(id, &slot), &secret).await?;
        let stored = NewSecret { fingerprint, slot };
        Ok(Fresh { stored, shown: is_ours.then_some(secret) })
    }

    fn made(&self, mode: &Mode) -> Secret {
        let chance = self.context.ids.random(RANDOM_BYTES);
        match mode {
            Mode::StandardWebhooks {} => SigningKey::text(&chance),
            _ => Secret::new(URL_SAFE_NO_PAD.encode(chance)),
        }
    }

    pub fn show_once(&self, id: &ConnectionId, mode: &Mode, fresh: &Fresh) -> ShownOnce {
        let url = self.hook_url(id);
        let Some(secret) = &fresh.shown else { return ShownOnce { url, secret: None, pairing_code: None } };
        let text = secret.expose();
        if *mode == (Mode::CapabilityUrl {}) {
            return ShownOnce { url: format!("{url}/{text}"), secret: None, pairing_code: None };
        }
        let pairing_code = (*mode == (Mode::StandardWebhooks {})).then(|| {
            let fields = json!({ "url": url, "secret": text, "connection": id });
            format!("{PAIRING_PREFIX}{}", URL_SAFE_NO_PAD.encode(fields.to_string()))
        });
        ShownOnce { url, secret: Some(text.to_owned()), pairing_code }
    }

    /// Overwrites secrets that are no longer accepted.
    pub async fn wipe(&self, id: &ConnectionId, slots: impl Iterator<Item = &str>) -> Result<(), Problem> {
        for slot in slots {
            self.context.vault.store(&webhook_slot(id, slot), &Secret::new(String::new())).await?;
        }
        Ok(())
    }
}

/// Slots of secrets that were there before and are not any more.
pub fn dropped<'a>(before: &'a [SecretLine], after: &'a [SecretLine]) -> impl Iterator<Item = &'a str> {
    let is_left = |line: &&SecretLine| !after.iter().any(|left| left.slot == line.slot);
    before.iter().filter(is_left).map(|line| line.slot.as_str())
}

/// A secret that somebody brings must be as good as one that is made here.
fn checked(mode: &Mode, secret: Secret) -> Result<Secret, Problem> {
    let text = secret.expose();
    let fits = match mode {
        Mode::StandardWebhooks {} => VerifyingKey::parse(&secret).is_ok(),
        Mode::WooCommerce { .. } => SECRET_BYTES.contains(&decode_entities(text).len()),
        Mode::HmacBody { .. } => SECRET_BYTES.contains(&text.len()),
        Mode::CapabilityUrl {} => {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            SECRET_BYTES.contains(&text.len()) && text.bytes().all(plain)
        }
    };
    if fits && text.trim() == text {
        return Ok(secret);
    }
    let detail = match mode {
        Mode::StandardWebhooks {} => {
            "the secret is not whsec_ with 24 to 64 bytes in base64, nor a whpk_ public key"
        }
        Mode::CapabilityUrl {} => "the secret is not 24 to 256 letters, digits, dashes and underscores",
        _ => "the secret does not have 24 to 256 bytes, or has white space around it",
    };
    Err(Problem::invalid("INVALID_SECRET", detail, "leave it out, and one is made for you").at("secret"))
}
