//! The key-encryption keys, in versions: lines of `v1:base64…`. The newest wraps, the older ones still open.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::error::{KeyError, UnwrapError};
use super::wrap;
use crate::ports::Ids;

/// Largest key file we read, in bytes.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// It has no `Debug`: keys are never shown.
#[derive(Clone)]
pub struct KeyRing {
    keys: BTreeMap<u32, Zeroizing<[u8; 32]>>,
    newest: u32,
}

impl KeyRing {
    /// Reads a key file. Only its owner may be able to read it.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let io = |source| KeyError::Io { file: path.to_owned(), source };
        let metadata = fs::metadata(path).map_err(io)?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::OpenToOthers(path.to_owned()));
        }
        if metadata.len() > FILE_BYTES_MAX {
            return Err(KeyError::Ring(format!("{} is too large for a key file", path.display())));
        }
        Self::from_text(&Zeroizing::new(fs::read_to_string(path).map_err(io)?))
    }

    /// Reads keys from a text: one line for each, or with spaces or commas between them.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let mut keys = BTreeMap::new();
        let parts = text.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty());
        for (place, part) in (1..).zip(parts) {
            // The message must not repeat what may be a secret.
            let (version, key) = parse(part).ok_or_else(|| {
                KeyError::Ring(format!(
                    "entry {place} of the key ring is not v<number>:<base64 of 32 bytes>; a key is one line, unbroken"
                ))
            })?;
            if keys.insert(version, key).is_some() {
                return Err(KeyError::Ring(format!("the key ring holds key v{version} twice")));
            }
        }
        match keys.last_key_value() {
            Some((&newest, _)) => Ok(Self { keys, newest }),
            None => Err(KeyError::Ring("the key ring holds no key".to_owned())),
        }
    }

    /// Makes a key file with a first key; refuses to replace a file.
    pub fn create(path: &Path, ids: &dyn Ids) -> Result<Self, KeyError> {
        let mut keys = BTreeMap::new();
        keys.insert(1, wrap::fresh_key(ids));
        let ring = Self { keys, newest: 1 };
        ring.write_new(path)?;
        Ok(ring)
    }

    /// Adds a newer key to a key file. `Vault::rotate` then moves the vault to it; keep the older keys until it has.
    pub fn add(path: &Path, ids: &dyn Ids) -> Result<Self, KeyError> {
        let mut ring = Self::from_file(path)?;
        ring.newest += 1;
        ring.keys.insert(ring.newest, wrap::fresh_key(ids));
        let beside = path.with_extension("new");
        match fs::remove_file(&beside) {
            Err(fault) if fault.kind() != ErrorKind::NotFound => {
                return Err(KeyError::Io { file: beside, source: fault });
            }
            _ => {}
        }
        ring.write_new(&beside)?;
        fs::rename(&beside, path)
            .and_then(|()| sync_parent(path))
            .map_err(|source| KeyError::Io { file: path.to_owned(), source })?;
        Ok(ring)
    }

    /// The version that wraps.
    pub fn newest(&self) -> u32 {
        self.newest
    }

    /// Wraps a key with the newest one; returns its version too.
    pub fn wrap(&self, place: &[&[u8]], key: &[u8; 32], ids: &dyn Ids) -> (u32, Vec<u8>) {
        let kek = &self.keys[&self.newest];
        (self.newest, wrap::seal(kek, &with_version(place, &self.newest.to_le_bytes()), key, ids))
    }

    /// Opens what `wrap` made with key `version` for the same place.
    pub fn unwrap(
        &self,
        version: u32,
        place: &[&[u8]],
        wrapped: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, UnwrapError> {
        let kek = self.keys.get(&version).ok_or(UnwrapError::Missing(version))?;
        let plain = wrap::open(kek, &with_version(place, &version.to_le_bytes()), wrapped);
        let plain = plain.filter(|plain| plain.len() == 32).ok_or(UnwrapError::Broken)?;
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(&plain);
        Ok(key)
    }

    fn write_new(&self, path: &Path) -> Result<(), KeyError> {
        let io = |source| KeyError::Io { file: path.to_owned(), source };
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(io)?;
        for (version, key) in &self.keys {
            let line = Zeroizing::new(format!("v{version}:{}\n", STANDARD.encode(key.as_slice())));
            file.write_all(line.as_bytes()).map_err(io)?;
        }
        file.sync_all().and_then(|()| sync_parent(path)).map_err(io)
    }
}

fn parse(part: &str) -> Option<(u32, Zeroizing<[u8; 32]>)> {
    let (version, key) = part.strip_prefix('v')?.split_once(':')?;
    let version = version.parse().ok().filter(|version| *version > 0)?;
    let decoded = Zeroizing::new(STANDARD.decode(key).ok()?);
    let mut key = Zeroizing::new([0; 32]);
    if decoded.len() != key.len() {
        return None;
    }
    key.copy_from_slice(&decoded);
    Some((version, key))
}

fn with_version<'p>(place: &[&'p [u8]], version: &'p [u8]) -> Vec<&'p [u8]> {
    place.iter().copied().chain([version]).collect()
}

fn sync_parent(path: &Path) -> std::io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}
