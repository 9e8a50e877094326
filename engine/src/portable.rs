//! A whole store as one portable file: JSON lines, compressed with zstd. It says the same whatever stores it, so it is
//! also the way from one kind of store to another. Written and read line by line; nothing is held in memory.
//!
//! Order: header, files, events with the links of the chain between them, vault rows, end. What is missing after the
//! header's line was lost on the way: a file without its end is refused.

mod lines;

use std::io::{self, BufRead, BufReader, Read, Write};

pub use lines::{Blob, End, EventLine, Header, Line, SideFile, VaultRow};

use crate::ports::event_store::EVENT_BYTES_MAX;

pub const FORMAT: &str = "portal-integrations store";
pub const VERSION: u32 = 1;
/// Longest line we read: an event of the largest size, its data escaped and its body in base64.
const LINE_BYTES_MAX: usize = 3 * EVENT_BYTES_MAX;
const LEVEL: i32 = 3;

#[derive(Debug, thiserror::Error)]
pub enum PortableError {
    #[error("line {line}: {why}")]
    Line { line: u64, why: String },
    #[error("the file was written by a newer release (format {found}, this release knows {VERSION})")]
    Newer { found: u32 },
    #[error("this is not an exported store")]
    Foreign,
    #[error("the file ends before its end: it was cut")]
    Cut,
    #[error("the file cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

pub struct Writer<W: Write> {
    out: zstd::stream::write::Encoder<'static, W>,
}

impl<W: Write> Writer<W> {
    pub fn begin(out: W, header: &Header) -> Result<Self, PortableError> {
        let mut out = zstd::stream::write::Encoder::new(out, LEVEL)?;
        out.include_checksum(true)?;
        let mut writer = Self { out };
        writer.write(&Line::Header(header.clone()))?;
        Ok(writer)
    }

    pub fn write(&mut self, line: &Line) -> Result<(), PortableError> {
        serde_json::to_writer(&mut self.out, line).map_err(io::Error::from)?;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    /// Writes the end and hands the writer beneath back, flushed.
    pub fn end(mut self, end: End) -> Result<W, PortableError> {
        self.write(&Line::End(end))?;
        let mut out = self.out.finish()?;
        out.flush()?;
        Ok(out)
    }
}

pub struct Reader<R: Read> {
    input: BufReader<zstd::stream::read::Decoder<'static, BufReader<R>>>,
    line: u64,
    buffer: Vec<u8>,
    over: bool,
}

impl<R: Read> Reader<R> {
    /// Reads the header.
    pub fn begin(input: R) -> Result<(Header, Self), PortableError> {
        let decoder = zstd::stream::read::Decoder::new(input)?;
        let mut reader = Self { input: BufReader::new(decoder), line: 0, buffer: vec![], over: false };
        match reader.next() {
            Ok(Some(Line::Header(header))) if header.format == FORMAT => match header.version {
                VERSION => Ok((header, reader)),
                found => Err(PortableError::Newer { found }),
            },
            Err(PortableError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Err(error.into()),
            _ => Err(PortableError::Foreign),
        }
    }

    /// The number of the line last read.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The next line; `None` behind the end.
    #[expect(
        clippy::should_implement_trait,
        reason = "it fails, and an iterator of results would go on after that"
    )]
    pub fn next(&mut self) -> Result<Option<Line>, PortableError> {
        self.buffer.clear();
        let limit = LINE_BYTES_MAX as u64;
        let read = self.input.by_ref().take(limit).read_until(b'\n', &mut self.buffer);
        let bytes = read.map_err(|error| self.interrupted(error))?;
        if bytes == 0 {
            return if self.over { Ok(None) } else { Err(PortableError::Cut) };
        }
        self.line += 1;
        let fault = |why: &str| Err(PortableError::Line { line: self.line, why: why.to_owned() });
        if self.over {
            return fault("something stands behind the end");
        }
        if self.buffer.last() != Some(&b'\n') {
            return if bytes == LINE_BYTES_MAX {
                fault("the line is too long")
            } else {
                Err(PortableError::Cut)
            };
        }
        match serde_json::from_slice(&self.buffer) {
            Ok(line) => {
                self.over = matches!(line, Line::End(_));
                Ok(Some(line))
            }
            Err(error) => fault(&error.to_string()),
        }
    }

    fn interrupted(&self, error: io::Error) -> PortableError {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => PortableError::Cut,
            io::ErrorKind::Other | io::ErrorKind::InvalidData if self.line == 0 => PortableError::Foreign,
            io::ErrorKind::Other => PortableError::Line {
                line: self.line + 1,
                why: format!("its compression is damaged: {error}"),
            },
            _ => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header { format: FORMAT.to_owned(), version: VERSION, origin: None, made_by: "test".to_owned() }
    }

    fn file(lines: &[Line]) -> Vec<u8> {
        let mut writer = Writer::begin(vec![], &header()).unwrap();
        for line in lines {
            writer.write(line).unwrap();
        }
        writer.end(End { events: 0, chain: String::new() }).unwrap()
    }

    fn read(bytes: &[u8]) -> Result<Vec<Line>, PortableError> {
        let (_, mut reader) = Reader::begin(bytes)?;
        let mut lines = vec![];
        while let Some(line) = reader.next()? {
            lines.push(line);
        }
        Ok(lines)
    }

    #[test]
    fn lines_come_back() {
        let side = Line::File(SideFile { name: "a.json".to_owned(), text: "{\"ü\":\"\\n\"}\n".to_owned() });
        let lines = read(&file(std::slice::from_ref(&side))).unwrap();
        assert_eq!(lines[0], side);
        assert!(matches!(lines[1], Line::End(_)));
    }

    #[test]
    fn bad_input_157_a_cut_foreign_or_damaged_file_is_refused() {
        let whole = file(&[Line::Link(1, "00".repeat(32))]);
        for cut in 0..whole.len() {
            assert!(read(&whole[..cut]).is_err(), "cut at {cut}");
        }
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            // A flip may hit what the compression does not need; then the content is the same.
            if let Ok(lines) = read(&flipped) {
                assert_eq!(lines, read(&whole).unwrap(), "flipped at {at}");
            }
        }
        assert!(matches!(read(b"hello"), Err(PortableError::Foreign)));
        let mut newer = header();
        newer.version = 2;
        let newer = Writer::begin(vec![], &newer).unwrap().end(End { events: 0, chain: String::new() });
        assert!(matches!(read(&newer.unwrap()), Err(PortableError::Newer { found: 2 })));
    }
}
