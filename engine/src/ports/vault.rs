//! Secrets that go in and come out only to be used, and the keys that seal personal data.

use async_trait::async_trait;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::Cause;

/// A secret text. It has no `Debug`, no `Display`, no `Serialize` and is wiped when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The only way to the text. Use it where the secret is spent, and keep no copy.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// What a secret is for. All three are bound into the encryption: a ciphertext moved to another slot does not open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretSlot {
    /// The owner, usually a connection id.
    pub owner: String,
    /// `api`, `webhook`, …
    pub purpose: String,
    /// Scheme, host and port that the secret may be sent to.
    pub origin: String,
}

/// Seals the personal data of one person.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SubjectKey(pub [u8; 32]);

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The configured key does not open this vault.
    #[error("the vault's key does not fit: {0}")]
    WrongKey(String),
    #[error("the vault is damaged: {0}")]
    Corrupt(String),
    #[error("the vault cannot be reached")]
    Unavailable(#[source] Cause),
}

/// What a key rotation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    pub rewrapped: u64,
    pub already_current: u64,
}

#[async_trait]
pub trait Vault: Send + Sync {
    /// Stores or replaces a secret and returns its fingerprint (tells two secrets apart, tells nothing else).
    async fn store(&self, slot: &SecretSlot, secret: &Secret) -> Result<String, VaultError>;

    async fn open(&self, slot: &SecretSlot) -> Result<Option<Secret>, VaultError>;

    /// Destroys all secrets of an owner.
    async fn destroy(&self, owner: &str) -> Result<(), VaultError>;

    /// Keys of subjects, in the order asked; with `create`, absent ones are made and are on disk when this returns.
    /// A destroyed key stays `None` until it is lifted.
    async fn subject_keys(
        &self,
        subjects: &[String],
        create: bool,
    ) -> Result<Vec<Option<SubjectKey>>, VaultError>;

    /// Destroys a subject's key; what it sealed is unreadable from then on. True if there was one.
    async fn destroy_subject(&self, subject: &str) -> Result<bool, VaultError>;

    /// A keyed hash of an identity, the same for ever in this vault and useless outside of it.
    async fn identity_hash(&self, identity: &str) -> Result<String, VaultError>;

    /// Keeps hashes of people who must not come back.
    async fn suppress(&self, hashes: &[String]) -> Result<(), VaultError>;

    /// Whether anybody is kept from coming back at all. Cheap: every import asks.
    async fn suppresses(&self) -> Result<bool, VaultError>;

    /// Which of these identities must not come back.
    async fn suppressed(&self, identities: &[String]) -> Result<Vec<bool>, VaultError>;

    /// Lets people come back: forgets the hashes and the tombstones of the subjects. What was destroyed stays so.
    async fn lift(&self, subjects: &[String], hashes: &[String]) -> Result<(), VaultError>;

    /// Wraps everything again with the newest key-encryption key. Can be killed at any point and called again.
    async fn rotate(&self) -> Result<Rotation, VaultError>;
}
