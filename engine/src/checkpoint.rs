//! Signed checkpoints: "at this position the chain was this", by a key that only the vault holds. A copy kept on
//! another machine proves later that nothing before it was rewritten or rolled back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::chain::{self, Hash};
use crate::envelope::Position;
use crate::ports::{Cause, Ids, Secret, SecretSlot, Vault};

/// The only algorithm: there is none to fall back to.
const ALGORITHM: &str = "ed25519";
const VERSION: u8 = 1;
const SEED_BYTES: usize = 32;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    pub v: u8,
    pub alg: String,
    /// Names the log ([`chain::origin`]).
    pub origin: String,
    pub position: Position,
    /// The chain after that position, hexadecimal.
    pub chain: String,
    pub at: DateTime<Utc>,
    /// The public key, base64.
    pub key: String,
    pub sig: String,
}

/// Why a checkpoint proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("this is not a whole checkpoint: {0}")]
    Malformed(String),
    #[error("it is signed with {0}, and only ed25519 counts")]
    Algorithm(String),
    #[error("its signature does not fit: it was changed")]
    Signature,
    #[error("it is signed by another key than the one given")]
    OtherKey,
}

impl Checkpoint {
    /// Reads one line of JSON; nothing is verified yet.
    pub fn parse(line: &str) -> Result<Self, CheckpointError> {
        serde_json::from_str(line).map_err(|error| CheckpointError::Malformed(error.to_string()))
    }

    pub fn to_line(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers have a JSON form")
    }

    /// Verifies the signature; with `key` (base64), also that it is of this key.
    pub fn verify(&self, key: Option<&str>) -> Result<(), CheckpointError> {
        if self.v != VERSION || self.alg != ALGORITHM {
            return Err(CheckpointError::Algorithm(format!("{} version {}", self.alg, self.v)));
        }
        if key.is_some_and(|key| key.trim() != self.key) {
            return Err(CheckpointError::OtherKey);
        }
        let decode = |text: &str| STANDARD.decode(text).map_err(|_| CheckpointError::Signature);
        UnparsedPublicKey::new(&ED25519, decode(&self.key)?)
            .verify(self.signed_text().as_bytes(), &decode(&self.sig)?)
            .map_err(|_| CheckpointError::Signature)
    }

    fn signed_text(&self) -> String {
        format!(
            "portal-integrations checkpoint v{}\n{}\n{}\n{}\n{}\n",
            self.v,
            self.origin,
            self.position,
            self.chain,
            self.at.timestamp_micros()
        )
    }
}

/// Signs checkpoints. It has no `Debug`: keys are never shown.
pub struct Signer {
    pair: Ed25519KeyPair,
    public: String,
}

impl Signer {
    /// Opens the installation's signing key, and makes it where there is none.
    pub async fn open(vault: &dyn Vault, ids: &dyn Ids) -> Result<Self, Cause> {
        let slot = SecretSlot {
            owner: "installation".to_owned(),
            purpose: "checkpoint-signing".to_owned(),
            origin: "log".to_owned(),
        };
        let secret = if let Some(secret) = vault.open(&slot).await? {
            secret
        } else {
            let seed = Zeroizing::new(ids.random(SEED_BYTES));
            let secret = Secret::new(STANDARD.encode(&*seed));
            vault.store(&slot, &secret).await?;
            secret
        };
        let seed = Zeroizing::new(STANDARD.decode(secret.expose())?);
        Self::from_seed(&seed).ok_or_else(|| "the signing key in the vault is damaged".into())
    }

    pub fn from_seed(seed: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let public = STANDARD.encode(pair.public_key());
        Some(Self { pair, public })
    }

    /// The key that verifies, base64: give it to whoever will verify.
    pub fn public_key(&self) -> &str {
        &self.public
    }

    /// `at` in whole microseconds is what is signed.
    pub fn sign(&self, origin: String, position: Position, chain: &Hash, at: DateTime<Utc>) -> Checkpoint {
        let mut checkpoint = Checkpoint {
            v: VERSION,
            alg: ALGORITHM.to_owned(),
            origin,
            position,
            chain: chain::hex(chain),
            at: DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at),
            key: self.public.clone(),
            sig: String::new(),
        };
        checkpoint.sig = STANDARD.encode(self.pair.sign(checkpoint.signed_text().as_bytes()));
        checkpoint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed() -> Checkpoint {
        let at = DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap();
        Signer::from_seed(&[7; 32]).unwrap().sign("0011".to_owned(), 42, &[9; 32], at)
    }

    #[test]
    fn a_checkpoint_survives_its_line() {
        let checkpoint = signed();
        let again = Checkpoint::parse(&checkpoint.to_line()).unwrap();
        assert_eq!(again, checkpoint);
        assert_eq!(again.verify(Some(&checkpoint.key)), Ok(()));
    }

    #[test]
    fn bad_input_171_a_changed_cut_or_weaker_checkpoint_is_refused() {
        let change = |edit: fn(&mut Checkpoint)| {
            let mut checkpoint = signed();
            edit(&mut checkpoint);
            checkpoint.verify(None)
        };
        assert_eq!(change(|c| c.position = 41), Err(CheckpointError::Signature));
        assert_eq!(change(|c| c.origin = "0012".to_owned()), Err(CheckpointError::Signature));
        assert_eq!(change(|c| c.chain = chain::hex(&[8; 32])), Err(CheckpointError::Signature));
        assert_eq!(change(|c| c.at += chrono::TimeDelta::microseconds(1)), Err(CheckpointError::Signature));
        assert_eq!(change(|c| c.sig.clear()), Err(CheckpointError::Signature));
        for weaker in ["none", "hs256", ""] {
            let mut checkpoint = signed();
            checkpoint.alg = weaker.to_owned();
            assert!(matches!(checkpoint.verify(None), Err(CheckpointError::Algorithm(_))));
        }
        let line = signed().to_line();
        for cut in 0..line.len() {
            assert!(matches!(Checkpoint::parse(&line[..cut]), Err(CheckpointError::Malformed(_))));
        }
    }

    #[test]
    fn bad_input_171_another_key_is_refused() {
        let ours = signed();
        let theirs = Signer::from_seed(&[8; 32]).unwrap();
        let again = theirs.sign(ours.origin.clone(), ours.position, &[9; 32], ours.at);
        assert_eq!(again.verify(None), Ok(()), "by itself it is sound");
        assert_eq!(again.verify(Some(&ours.key)), Err(CheckpointError::OtherKey));
        let mut mixed = ours.clone();
        mixed.key = theirs.public_key().to_owned();
        assert_eq!(mixed.verify(None), Err(CheckpointError::Signature));
    }
}
