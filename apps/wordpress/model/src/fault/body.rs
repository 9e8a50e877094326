//! How the bytes of an answer travel, and how they fail to.

use crate::answer::Answer;
use crate::fault::{Fault, Strike};
use axum::body::Body;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::stream::{self, Stream, StreamExt as _};
use std::io::{self, Write as _};
use std::time::Duration;
use tokio::sync::watch;

/// Bytes of one chunk of blanks.
const CHUNK: usize = 64 * 1024;

/// A body with the length it claims, when that is not its own.
pub(crate) struct Sent {
    pub(crate) body: Body,
    pub(crate) claimed: Option<u64>,
    pub(crate) pause: Option<Duration>,
}

/// Packs the body as the last fault of transport among the strikes wants it. `stop` ends what would be endless.
pub(crate) fn sent(answer: &mut Answer, strikes: &[Strike], stop: &watch::Receiver<bool>) -> Sent {
    let mut sent = Sent { body: Body::from(answer.body.clone()), claimed: None, pause: None };
    let whole = answer.body.clone();
    let length = whole.len() as u64;
    for strike in strikes {
        match strike.fault {
            Fault::Slow(pause) => sent.pause = Some(pause),
            Fault::Drip { bytes, every } => {
                sent.body = Body::from_stream(drip(whole.clone(), bytes.max(1), every, stop.clone()));
                sent.claimed = Some(length);
            }
            Fault::ResetAfter(bytes) => {
                let broken = Err(io::Error::from(io::ErrorKind::ConnectionReset));
                sent.body = Body::from_stream(then(whole.slice(..bytes.min(whole.len())), Some(broken)));
                sent.claimed = Some(length.max(1));
            }
            Fault::ShortBody { missing } => {
                let short = whole.slice(..whole.len().saturating_sub(missing));
                sent.body = Body::from_stream(then(short, None));
                sent.claimed = Some(length);
            }
            Fault::EndlessChunks => {
                sent.body = Body::from_stream(followed_by_blanks(whole.clone(), None, stop.clone()));
            }
            Fault::HugeBody { bytes } => {
                let blanks = bytes.saturating_sub(length);
                sent.body = Body::from_stream(followed_by_blanks(whole.clone(), Some(blanks), stop.clone()));
                sent.claimed = Some(length + blanks);
            }
            Fault::GzipBomb { bytes } => repack(answer, &mut sent, "gzip", bomb(bytes)),
            Fault::TruncatedGzip => {
                let mut packed = gzip(&whole);
                packed.truncate(packed.len() / 2);
                repack(answer, &mut sent, "gzip", packed);
            }
            Fault::Brotli => repack(answer, &mut sent, "br", brotli(&whole)),
            _ => {}
        }
    }
    sent
}

fn repack(answer: &mut Answer, sent: &mut Sent, label: &str, packed: Vec<u8>) {
    answer.set("Content-Encoding", label);
    sent.body = Body::from(packed);
    sent.claimed = None;
}

/// These bytes, then the end; the server gets a moment to send them before it sees that something is wrong.
fn then(start: Bytes, end: Option<io::Result<Bytes>>) -> impl Stream<Item = io::Result<Bytes>> {
    let end = async move {
        tokio::task::yield_now().await;
        stream::iter(end)
    };
    stream::iter([Ok(start)]).chain(stream::once(end).flatten())
}

fn drip(
    whole: Bytes,
    bytes: usize,
    every: Duration,
    stop: watch::Receiver<bool>,
) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold((whole, stop), move |(mut rest, mut stop)| async move {
        if rest.is_empty() || *stop.borrow() {
            return None;
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = stop.changed() => return None,
        }
        let part = rest.split_to(bytes.min(rest.len()));
        Some((Ok(part), (rest, stop)))
    })
}

/// The body, then this many blanks, or blanks without end: valid JSON all the while.
fn followed_by_blanks(
    whole: Bytes,
    blanks: Option<u64>,
    stop: watch::Receiver<bool>,
) -> impl Stream<Item = io::Result<Bytes>> {
    let blank = Bytes::from(vec![b' '; CHUNK]);
    let rest = stream::unfold((blanks, stop), move |(left, stop)| {
        let blank = blank.clone();
        async move {
            if left == Some(0) || *stop.borrow() {
                return None;
            }
            let part = left.map_or(CHUNK, |left| usize::try_from(left).unwrap_or(CHUNK).min(CHUNK));
            tokio::task::yield_now().await;
            Some((Ok(blank.slice(..part)), (left.map(|left| left - part as u64), stop)))
        }
    });
    stream::iter([Ok(whole)]).chain(rest)
}

fn gzip(whole: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    // Memory never refuses.
    let _written = packer.write_all(whole);
    packer.finish().unwrap_or_default()
}

fn bomb(bytes: u64) -> Vec<u8> {
    let blank = vec![b' '; CHUNK];
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let mut left = bytes;
    while left > 0 {
        let part = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let _written = packer.write_all(&blank[..part]);
        left -= part as u64;
    }
    packer.finish().unwrap_or_default()
}

/// Brotli of stored blocks: a proper stream without a compressor.
fn brotli(whole: &[u8]) -> Vec<u8> {
    // Window of 16 bits: one zero bit.
    let mut out = Bits::default();
    out.push(0, 1);
    for part in whole.chunks(1 << 16) {
        out.push(0, 1); // not the last block
        out.push(0, 2); // length in four nibbles
        out.push(u32::try_from(part.len() - 1).unwrap_or(0), 16);
        out.push(1, 1); // stored
        out.align();
        out.bytes.extend_from_slice(part);
    }
    out.push(0b11, 2); // the last block, empty
    out.align();
    out.bytes
}

/// Bits from the lowest to the highest.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, bits: u32) {
        self.held |= value << self.count;
        self.count += bits;
        while self.count >= 8 {
            self.bytes.push(self.held.to_le_bytes()[0]);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    fn align(&mut self) {
        if self.count > 0 {
            self.push(0, 8 - self.count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_is_small_and_becomes_large() {
        let packed = bomb(10_000_000);
        assert!(packed.len() < 20_000, "{} bytes", packed.len());
    }

    #[test]
    fn stored_brotli_has_the_text_in_it() {
        let packed = brotli(b"hello");
        assert_eq!(packed, [0x40, 0x00, 0x10, b'h', b'e', b'l', b'l', b'o', 0x03]);
    }
}
