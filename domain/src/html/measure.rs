//! One pass over HTML that bounds what a parser would have to do. Counts generously: what it lets through is cheap to
//! parse, and what it refuses no editor writes.

use std::fmt;

/// Largest HTML we parse, in bytes.
pub const HTML_BYTES_MAX: usize = 4 << 20;
/// Longest element name that is told apart, in bytes.
const NAME_BYTES_MAX: usize = 64;
/// Most tags open at the same time.
pub const OPEN_TAGS_MAX: usize = 512;
/// Most attributes in one tag.
pub const ATTRIBUTES_MAX: usize = 512;

/// Most elements that a parser would make, those counted that it opens again after each paragraph.
pub const ELEMENTS_MAX: usize = 300_000;

/// What there is too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    Bytes,
    OpenTags,
    Attributes,
    Elements,
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes => write!(f, "HTML of more than {} MiB", HTML_BYTES_MAX >> 20),
            Self::OpenTags => write!(f, "HTML with more than {OPEN_TAGS_MAX} tags open at once"),
            Self::Attributes => write!(f, "HTML with more than {ATTRIBUTES_MAX} attributes in one tag"),
            Self::Elements => write!(f, "HTML that makes more than {ELEMENTS_MAX} elements"),
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

/// A parser opens these again in every block that follows, until they are closed.
const FORMATTING: [&[u8]; 14] = [
    b"a", b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike", b"strong", b"tt",
    b"u",
];

pub(super) fn check(html: &str) -> Result<(), Excess> {
    if html.len() > HTML_BYTES_MAX {
        return Err(Excess::Bytes);
    }
    let bytes = html.as_bytes();
    let mut open: Vec<Option<&[u8]>> = Vec::new();
    let (mut formatting, mut elements, mut at) = (0_usize, 0_usize, 0);
    while let Some(next) = bytes[at..].iter().position(|b| *b == b'<') {
        at += next + 1;
        let closes = bytes.get(at) == Some(&b'/');
        let start = at + usize::from(closes);
        if !bytes.get(start).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        elements += 1 + formatting;
        if elements > ELEMENTS_MAX {
            return Err(Excess::Elements);
        }
        let name = name_at(&bytes[start..]);
        if closes {
            // An end tag out of order may mean nothing to a parser; here it then closes nothing.
            let last = open.last().copied().flatten();
            if last.zip(name).is_some_and(|(last, name)| last.eq_ignore_ascii_case(name)) {
                open.pop();
                formatting -= usize::from(is_one_of(&FORMATTING, name));
            }
            continue;
        }
        at = attributes(bytes, start)?;
        if !is_one_of(&NOT_NESTING, name) {
            open.push(name);
            formatting += usize::from(is_one_of(&FORMATTING, name));
        }
        if open.len() > OPEN_TAGS_MAX {
            return Err(Excess::OpenTags);
        }
    }
    Ok(())
}

fn is_one_of(names: &[&[u8]], name: Option<&[u8]>) -> bool {
    name.is_some_and(|name| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// `None` for a name that is longer than any element's: such a tag is never closed.
fn name_at(bytes: &[u8]) -> Option<&[u8]> {
    let begin = &bytes[..bytes.len().min(NAME_BYTES_MAX)];
    begin.iter().position(|b| matches!(b, b'>' | b'/') || b.is_ascii_whitespace()).map(|end| &begin[..end])
}

/// Counts the words of a tag outside quotes; answers where the tag ends, or for an unclosed tag where its text ends.
fn attributes(bytes: &[u8], start: usize) -> Result<usize, Excess> {
    let (mut words, mut quote, mut after_equals, mut in_word) = (0_usize, None, false, false);
    for (offset, byte) in bytes[start..].iter().enumerate() {
        match (quote, byte) {
            (Some(open), _) if *byte == open => {
                quote = None;
                in_word = false;
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
        assert_eq!(check(&"<div><table><td></div>".repeat(300)), Err(Excess::OpenTags));
        assert_eq!(check(&"</a".repeat(300_001)), Err(Excess::Elements));
        assert_eq!(check(&"<br>".repeat(300_001)), Err(Excess::Elements));
        let reopened = (0..200).map(|n| format!("<b id={n}>")).collect::<Vec<_>>().concat();
        assert_eq!(check(&format!("<p>{reopened}{}", "<p>x".repeat(10_000))), Err(Excess::Elements));
        let many = (0..600).map(|n| format!("a{n}=\"x\"")).collect::<Vec<_>>().concat();
        assert_eq!(check(&format!("<a {many}>")), Err(Excess::Attributes));
        let bare = (0..600).map(|n| format!(" a{n}")).collect::<Vec<_>>().concat();
        assert_eq!(check(&format!("<a{bare}")), Err(Excess::Attributes));
        assert_eq!(check(&"a".repeat(HTML_BYTES_MAX + 1)), Err(Excess::Bytes));
    }
}
