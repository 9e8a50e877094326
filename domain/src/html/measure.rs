//! One pass over HTML that bounds what a parser would have to do. Counts generously: what it lets through is cheap to
//! parse, and what it refuses no editor writes.

use std::collections::HashMap;
use std::fmt;

/// Largest HTML we parse, in bytes.
pub const HTML_BYTES_MAX: usize = 4 << 20;
/// Most tags open at the same time.
pub const OPEN_TAGS_MAX: usize = 512;
/// Most attributes in one tag.
pub const ATTRIBUTES_MAX: usize = 512;

/// What there is too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    Bytes,
    OpenTags,
    Attributes,
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes => write!(f, "HTML of more than {} MiB", HTML_BYTES_MAX >> 20),
            Self::OpenTags => write!(f, "HTML with more than {OPEN_TAGS_MAX} tags open at once"),
            Self::Attributes => write!(f, "HTML with more than {ATTRIBUTES_MAX} attributes in one tag"),
        }
    }
}

/// These never stay open, or close one another.
const NOT_NESTING: [&[u8]; 26] = [
    b"p",
    b"li",
    b"dt",
    b"dd",
    b"tr",
    b"td",
    b"th",
    b"thead",
    b"tbody",
    b"tfoot",
    b"option",
    b"optgroup",
    b"br",
    b"img",
    b"hr",
    b"input",
    b"meta",
    b"link",
    b"wbr",
    b"col",
    b"area",
    b"base",
    b"embed",
    b"source",
    b"track",
    b"param",
];

/// Longest tag name that is told apart from others.
const NAME_BYTES_MAX: usize = 32;

pub(super) fn check(html: &str) -> Result<(), Excess> {
    if html.len() > HTML_BYTES_MAX {
        return Err(Excess::Bytes);
    }
    let bytes = html.as_bytes();
    let mut open: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut total = 0_usize;
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(|b| *b == b'<') {
        at += next + 1;
        let closes = bytes.get(at) == Some(&b'/');
        let start = at + usize::from(closes);
        if !bytes.get(start).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let name = name_at(&bytes[start..]);
        if closes {
            if let Some(count) = open.get_mut(&name).filter(|count| **count > 0) {
                *count -= 1;
                total -= 1;
            }
            continue;
        }
        at = attributes(bytes, start)?;
        if NOT_NESTING.contains(&name.as_slice()) {
            continue;
        }
        *open.entry(name).or_default() += 1;
        total += 1;
        if total > OPEN_TAGS_MAX {
            return Err(Excess::OpenTags);
        }
    }
    Ok(())
}

fn name_at(bytes: &[u8]) -> Vec<u8> {
    let name = bytes.iter().take(NAME_BYTES_MAX);
    name.take_while(|b| !matches!(b, b'>' | b'/' | b'<') && !b.is_ascii_whitespace())
        .map(u8::to_ascii_lowercase)
        .collect()
}

/// Counts the words of a tag outside quotes; answers where the tag ends, or for an unclosed tag where its text ends.
fn attributes(bytes: &[u8], start: usize) -> Result<usize, Excess> {
    let (mut words, mut quote, mut after_equals, mut in_word) = (0_usize, None, false, false);
    for (offset, byte) in bytes[start..].iter().enumerate() {
        match (quote, byte) {
            (Some(open), _) => {
                if *byte == open {
                    quote = None;
                    in_word = false;
                }
            }
            (None, b'>') => return Ok(start + offset + 1),
            (None, b'"' | b'\'') if after_equals => quote = Some(*byte),
            (None, b'=') => {
                after_equals = true;
                continue;
            }
            (None, b'/') => in_word = false,
            (None, b) if b.is_ascii_whitespace() => {
                in_word = false;
                continue;
            }
            (None, _) if !in_word => {
                words += 1;
                in_word = true;
                if words > ATTRIBUTES_MAX {
                    return Err(Excess::Attributes);
                }
            }
            _ => {}
        }
        after_equals = false;
    }
    Ok(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_html_passes() {
        let list = format!("<ul>{}</ul>", "<li>a<p>b".repeat(10_000));
        let table = format!("<table>{}</table>", "<tr><td><b>x</b></td></tr>".repeat(10_000));
        let image = format!("<img src=\"data:image/png;base64,{}\">", "A=b c/".repeat(100_000));
        for html in [list, table, image, "a < b & c > d".into(), "<".repeat(1_000_000)] {
            assert_eq!(check(&html), Ok(()));
        }
    }

    #[test]
    fn bad_input_105_depth_attributes_and_size_are_bounded() {
        assert_eq!(check(&"<div>".repeat(513)), Err(Excess::OpenTags));
        assert_eq!(check(&"<b></i>".repeat(513)), Err(Excess::OpenTags));
        let many: String = (0..600).map(|n| format!("a{n}=\"x\"")).collect();
        assert_eq!(check(&format!("<a {many}>")), Err(Excess::Attributes));
        let bare: String = (0..600).map(|n| format!(" a{n}")).collect();
        assert_eq!(check(&format!("<a{bare}")), Err(Excess::Attributes));
        assert_eq!(check(&"a".repeat(HTML_BYTES_MAX + 1)), Err(Excess::Bytes));
    }
}
