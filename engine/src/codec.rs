//! Compression of bodies and documents with a shared dictionary: records are small and alike, so a dictionary of
//! their common text saves more than any level does.

use std::cell::RefCell;

use bytes::Bytes;
use zstd::bulk::{Compressor, Decompressor};

/// Largest content we unpack, in bytes: an event's limit.
pub const UNPACKED_BYTES_MAX: usize = 64 << 20;
const LEVEL: i32 = 1;
/// Contents below this gain nothing.
const WORTHWHILE_BYTES_MIN: usize = 64;

/// Made by `zstd --train` from what WordPress sends and what our events and documents look like. It is part of the
/// stored format: it never changes, a better one gets a tag of its own.
const DICTIONARY: &[u8] = include_bytes!("../../schemas/dictionary/v1.dict");

thread_local! {
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Packs bytes; the first byte of the result tells how.
pub fn pack(plain: &[u8]) -> Vec<u8> {
    if plain.len() >= WORTHWHILE_BYTES_MIN
        && let Some(packed) = compress(plain)
        && packed.len() < plain.len()
    {
        return packed;
    }
    let mut stored = Vec::with_capacity(plain.len() + 1);
    stored.push(tag::PLAIN);
    stored.extend_from_slice(plain);
    stored
}

/// Unpacks what `pack` made.
pub fn unpack(packed: &[u8]) -> Result<Bytes, String> {
    match packed.split_first() {
        Some((&tag::PLAIN, plain)) => Ok(Bytes::copy_from_slice(plain)),
        Some((&tag::ZSTD, rest)) => decompress(rest),
        Some((other, _)) => Err(format!("unknown packing {other}: written by a newer release")),
        None => Err("empty body".to_owned()),
    }
}

mod tag {
    pub const PLAIN: u8 = 0;
    pub const ZSTD: u8 = 1;
}

/// Tag, length of the content (4 bytes, little end first), zstd frame.
fn compress(plain: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(plain.len()).ok()?;
    PACKER.with_borrow_mut(|slot| {
        if slot.is_none() {
            let mut compressor = Compressor::with_dictionary(LEVEL, DICTIONARY).ok()?;
            compressor.include_checksum(false).ok()?;
            compressor.include_contentsize(false).ok()?;
            *slot = Some(compressor);
        }
        let frame = slot.as_mut()?.compress(plain).ok()?;
        let mut packed = Vec::with_capacity(frame.len() + 5);
        packed.push(tag::ZSTD);
        packed.extend_from_slice(&length.to_le_bytes());
        packed.extend_from_slice(&frame);
        Some(packed)
    })
}

fn decompress(packed: &[u8]) -> Result<Bytes, String> {
    let (length, frame) = packed.split_first_chunk::<4>().ok_or("truncated body")?;
    let length = u32::from_le_bytes(*length) as usize;
    if length > UNPACKED_BYTES_MAX {
        return Err(format!("a body of {length} bytes is above the limit of {UNPACKED_BYTES_MAX}"));
    }
    UNPACKER.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = Some(Decompressor::with_dictionary(DICTIONARY).map_err(|e| e.to_string())?);
        }
        let Some(decompressor) = slot.as_mut() else { return Err("no decompressor".to_owned()) };
        decompressor.decompress(frame, length).map(Bytes::from).map_err(|e| e.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_unpacks() {
        for plain in [&b""[..], b"x", &[7; 100], br#"{"id":1,"name":"Ada"}"#.repeat(50).as_slice()] {
            assert_eq!(unpack(&pack(plain)).unwrap(), plain);
        }
    }

    #[test]
    fn bad_input_157_damaged_bodies_are_errors_and_never_panics() {
        let packed = pack(&b"a long enough text ".repeat(20));
        for cut in 0..packed.len() {
            let _ = unpack(&packed[..cut]);
        }
        assert!(unpack(&[9, 9]).is_err());
        assert!(unpack(&[1, 0xff, 0xff, 0xff, 0xff, 0]).is_err());
    }
}
