//! A log line is one line of plain text, whatever the world put into it (bad input 58, RUSTSEC-2025-0055).

/// Longest text in a log line, in characters; the rest is cut and counted.
pub const TEXT_CHARS_MAX: usize = 2_000;

/// For the log: like [`plain`], and secrets in well-known places are struck out.
pub fn line(text: &str) -> String {
    plain(&strike_out(text))
}

/// For a terminal: control characters, line separators and direction overrides become visible, and what is too long is
/// cut.
pub fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len().min(TEXT_CHARS_MAX));
    for (count, c) in text.chars().enumerate() {
        if count == TEXT_CHARS_MAX {
            safe.push_str("… (cut)");
            break;
        }
        match c {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c if c.is_control() || is_trickery(c) => safe.extend(c.escape_unicode()),
            c => safe.push(c),
        }
    }
    safe
}

/// Invisible or reordering characters that make a line read otherwise than it is.
fn is_trickery(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

const MARKS: [&str; 5] = ["Bearer ", "Basic ", "password=", "token=", "secret="];

/// The second net under the allow-list of fields: what follows a well-known mark is not written.
fn strike_out(text: &str) -> String {
    let mut text = text.to_owned();
    for mark in MARKS {
        let mut from = 0;
        while let Some(at) = find(&text[from..], mark) {
            let start = from + at + mark.len();
            let end = text[start..]
                .find(|c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'' | ',' | ';'))
                .map_or(text.len(), |length| start + length);
            text.replace_range(start..end, "[struck out]");
            from = start + "[struck out]".len();
        }
    }
    text
}

/// Finds ASCII text whatever its case.
fn find(text: &str, mark: &str) -> Option<usize> {
    text.as_bytes().windows(mark.len()).position(|window| window.eq_ignore_ascii_case(mark.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_058_a_log_line_stays_one_plain_line() {
        let hostile = "a\r\nFAKE level=error\x1b[2J\u{202e}\0%s ${jndi:ldap://x}";
        let safe = line(hostile);
        assert!(!safe.chars().any(|c| c.is_control() || is_trickery(c)), "{safe}");
        assert!(safe.contains("${jndi"), "plain text stays as it is");
        assert!(line(&"x".repeat(1 << 20)).chars().count() < TEXT_CHARS_MAX + 20);
    }

    #[test]
    fn secrets_in_well_known_places_are_struck_out() {
        let text = "GET /?user=a&PASSWORD=hunter2&x=1 authorization: bearer abc.def, Basic eHg6eXk= ende é password=ü";
        let safe = line(text);
        for secret in ["hunter2", "abc.def", "eHg6eXk", "ü"] {
            assert!(!safe.contains(secret), "{safe}");
        }
        assert!(safe.contains("&x=1") && safe.contains("ende é"));
    }
}
