//! E-mail addresses as the identity of a person: found in a record, compared without being kept.

use serde_json::Value;

use crate::ports::{Vault, VaultError};

/// Longest address, in characters (RFC 5321).
const EMAIL_CHARS_MAX: usize = 254;

/// An address in the form in which it is compared; `None` for what is none.
pub fn normal(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, host) = text.split_once('@')?;
    let plain = !local.is_empty() && !host.is_empty() && !host.contains('@');
    let fits = plain && text.chars().count() <= EMAIL_CHARS_MAX && !text.chars().any(char::is_whitespace);
    fits.then(|| text.to_lowercase())
}

/// Every value of a record that is an address, once.
pub fn addresses(record: &Value) -> Vec<String> {
    let mut found = vec![];
    collect(record, &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.extend(normal(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, found)),
        _ => {}
    }
}

/// Which of these records speak of a person who was erased and comes back under another id. Costs nothing while nobody
/// was erased. Import paths ask it before they record: what returns is treated like a record without a key.
pub async fn returning(vault: &dyn Vault, records: &[&[u8]]) -> Result<Vec<bool>, VaultError> {
    let mut returning = vec![false; records.len()];
    if !vault.suppresses().await? {
        return Ok(returning);
    }
    for (returns, record) in returning.iter_mut().zip(records) {
        let Ok(record) = serde_json::from_slice::<Value>(record) else { continue };
        let addresses = addresses(&record);
        *returns = vault.suppressed(&addresses).await?.contains(&true);
    }
    Ok(returning)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_are_found_wherever_they_stand() {
        let record =
            json!({"email": " Ada@Example.ORG ", "meta": {"other": ["x@y.example"]}, "text": "write to a@b"});
        assert_eq!(addresses(&record), ["ada@example.org", "x@y.example"]);
        for none in ["", "@", "a@", "@b", "a@b@c", "a b@c", &format!("{}@b", "a".repeat(300))] {
            assert_eq!(normal(none), None, "{none}");
        }
    }
}
