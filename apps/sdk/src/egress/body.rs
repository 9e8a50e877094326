//! Reading an answer's body: streamed, decoded and counted, so that neither size nor compression can hurt.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use bytes::Bytes;
use flate2::write::MultiGzDecoder;

use super::failure::EgressError;

/// Decoded bytes from which on the ratio is watched.
const RATIO_FROM: usize = 1 << 20;
const RATIO_MAX: usize = 20;
const BROTLI_BUFFER: usize = 16 << 10;

/// Takes the body piece by piece.
pub struct BodyReader {
    decoder: Decoder,
    encoded: usize,
    max: usize,
}

enum Decoder {
    Identity(Vec<u8>),
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Brotli(Box<DecompressorWriter<Vec<u8>>>),
}

impl BodyReader {
    /// `length` is what the other side announced; it is only a hint.
    pub fn new(encoding: Option<&str>, length: Option<u64>, max: usize) -> Result<Self, EgressError> {
        let hint = usize::try_from(length.unwrap_or(0)).unwrap_or(usize::MAX);
        if hint > max {
            return Err(EgressError::TooLarge { max });
        }
        let decoder = match encoding.map(str::trim).map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "identity") => Decoder::Identity(Vec::with_capacity(hint.max(8 << 10))),
            Some("gzip" | "x-gzip") => Decoder::Gzip(Box::new(MultiGzDecoder::new(buffer(hint, max)))),
            Some("br") => {
                Decoder::Brotli(Box::new(DecompressorWriter::new(buffer(hint, max), BROTLI_BUFFER)))
            }
            Some(other) => {
                return Err(EgressError::Encoding { detail: format!("`{other}` was not asked for") });
            }
        };
        Ok(Self { decoder, encoded: 0, max })
    }

    pub fn push(&mut self, chunk: &[u8]) -> Result<(), EgressError> {
        // Small steps, so that a bomb is seen before it has grown.
        for piece in chunk.chunks(4 << 10) {
            self.encoded += piece.len();
            match &mut self.decoder {
                Decoder::Identity(body) => body.extend_from_slice(piece),
                Decoder::Gzip(decoder) => decoder.write_all(piece).map_err(broken)?,
                Decoder::Brotli(decoder) => decoder.write_all(piece).map_err(broken)?,
            }
            self.check()?;
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<Bytes, EgressError> {
        let body = match self.decoder {
            Decoder::Identity(body) => return Ok(Bytes::from(body)),
            // An empty body with an encoding label is what HEAD and 204 look like.
            _ if self.encoded == 0 => return Ok(Bytes::new()),
            Decoder::Gzip(decoder) => decoder.finish().map_err(broken)?,
            Decoder::Brotli(mut decoder) => {
                decoder.close().map_err(broken)?;
                decoder.into_inner().unwrap_or_else(|body| body)
            }
        };
        self.decoder = Decoder::Identity(body);
        self.check()?;
        match self.decoder {
            Decoder::Identity(body) => Ok(Bytes::from(body)),
            Decoder::Gzip(_) | Decoder::Brotli(_) => Ok(Bytes::new()),
        }
    }

    fn check(&self) -> Result<(), EgressError> {
        let decoded = match &self.decoder {
            Decoder::Identity(body) => body.len(),
            Decoder::Gzip(decoder) => decoder.get_ref().len(),
            Decoder::Brotli(decoder) => decoder.get_ref().len(),
        };
        if decoded > RATIO_FROM && decoded / RATIO_MAX > self.encoded {
            return Err(EgressError::Bomb);
        }
        if decoded > self.max {
            return Err(EgressError::TooLarge { max: self.max });
        }
        Ok(())
    }
}

/// JSON shrinks about six-fold.
fn buffer(encoded: usize, max: usize) -> Vec<u8> {
    Vec::with_capacity(encoded.saturating_mul(6).clamp(16 << 10, 4 << 20).min(max))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn broken(error: io::Error) -> EgressError {
    EgressError::Encoding { detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(encoding: Option<&str>, body: &[u8], max: usize) -> Result<Bytes, EgressError> {
        let mut reader = BodyReader::new(encoding, Some(body.len() as u64), max)?;
        reader.push(body)?;
        reader.finish()
    }

    #[test]
    fn plain_and_compressed_bodies_are_read() {
        let text = br#"[{"id":1}]"#;
        assert_eq!(&read(None, text, 100).unwrap()[..], text);
        assert_eq!(&read(Some("GZIP"), &gzip(text), 100).unwrap()[..], text);
        assert!(read(Some("gzip"), b"", 100).unwrap().is_empty());
        // "hello" as an uncompressed brotli block.
        let brotli = [0x0f, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03];
        assert_eq!(&read(Some("br"), &brotli, 100).unwrap()[..], b"hello");
    }

    #[test]
    fn bad_input_102_bombs_truncation_and_wrong_labels() {
        let bomb = gzip(&vec![0; 8 << 20]);
        assert_eq!(read(Some("gzip"), &bomb, 32 << 20), Err(EgressError::Bomb));
        let whole = gzip(b"[1,2,3,4,5,6,7,8,9]");
        for encoding in ["gzip", "br"] {
            let cut = read(Some(encoding), &whole[..whole.len() / 2], 100);
            assert!(matches!(cut, Err(EgressError::Encoding { .. })), "{encoding}: {cut:?}");
        }
        assert!(matches!(read(Some("gzip"), b"[1,2,3]", 100), Err(EgressError::Encoding { .. })));
        assert!(matches!(read(Some("zstd"), b"[1,2,3]", 100), Err(EgressError::Encoding { .. })));
    }

    #[test]
    fn bad_input_105_a_body_over_the_limit_is_not_kept() {
        assert_eq!(read(None, &[b'x'; 101], 100), Err(EgressError::TooLarge { max: 100 }));
        let mut endless = BodyReader::new(None, None, 100).unwrap();
        assert_eq!(endless.push(&[b'x'; 200]), Err(EgressError::TooLarge { max: 100 }));
        assert!(matches!(BodyReader::new(None, Some(1 << 30), 100), Err(EgressError::TooLarge { .. })));
    }
}
