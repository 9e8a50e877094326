//! The files themselves: where they are, what they are, and their packed form, made once when first asked for.

use std::io::Write as _;
use std::sync::{LazyLock, OnceLock};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Below this nothing is gained.
const WORTHWHILE_BYTES_MIN: usize = 512;

/// Paths and contents, as the build script found them.
const FOUND: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// Every file of `web/dist`, by path.
pub static FILES: LazyLock<Vec<Embedded>> =
    LazyLock::new(|| FOUND.iter().map(|(path, bytes)| Embedded::new(path, bytes)).collect());

pub struct Embedded {
    /// From `web/dist`, with `/` between its parts.
    pub path: &'static str,
    pub bytes: &'static [u8],
    packed: OnceLock<Option<Vec<u8>>>,
    digest: OnceLock<String>,
}

impl Embedded {
    pub fn new(path: &'static str, bytes: &'static [u8]) -> Self {
        Self { path, bytes, packed: OnceLock::new(), digest: OnceLock::new() }
    }

    /// As gzip, if that is worth it.
    pub fn packed(&'static self) -> Option<&'static [u8]> {
        self.packed.get_or_init(|| self.pack()).as_deref()
    }

    pub fn digest(&self) -> &str {
        self.digest.get_or_init(|| engine::hash::short(self.bytes))
    }

    pub fn media_type(&self) -> &'static str {
        match self.path.rsplit('.').next().unwrap_or_default() {
            "html" => "text/html; charset=utf-8",
            "js" | "mjs" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "json" | "map" => "application/json",
            "webmanifest" => "application/manifest+json",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "ico" => "image/x-icon",
            "woff2" => "font/woff2",
            "txt" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }

    fn pack(&self) -> Option<Vec<u8>> {
        let is_packed_already = ["image/png", "image/x-icon", "font/woff2"].contains(&self.media_type());
        if is_packed_already || self.bytes.len() < WORTHWHILE_BYTES_MIN {
            return None;
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
        encoder.write_all(self.bytes).ok()?;
        encoder.finish().ok().filter(|packed| packed.len() < self.bytes.len())
    }
}

/// A file by its path.
pub fn find(files: &'static [Embedded], path: &str) -> Option<&'static Embedded> {
    files.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| &files[at])
}
