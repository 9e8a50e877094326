//! Finding the JSON in what a site sends: byte-order marks and PHP notices come before it, error objects come with
//! status 200.

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// How far into the body JSON may begin.
const JUNK_MAX: usize = 256 << 10;
const CANDIDATES_MAX: usize = 200;
/// How much of the junk is shown.
const SHOWN_MAX: usize = 200;

/// The JSON part of a body, and what stood before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    pub json: Bytes,
    /// First bytes of the pollution, where there is any.
    pub junk: Option<String>,
}

/// `None` when there is no JSON array or object in it.
pub fn locate(body: &Bytes) -> Option<Located> {
    let unmarked = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let start = unmarked.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let clean = &unmarked[start..];
    if matches!(clean[0], b'[' | b'{') {
        let junk = (unmarked.len() != body.len()).then(|| "a byte-order mark".to_owned());
        return Some(Located { json: body.slice_ref(clean), junk });
    }
    let reach = &body[..body.len().min(JUNK_MAX)];
    let candidates =
        reach.iter().enumerate().filter(|(_, byte)| matches!(byte, b'[' | b'{')).take(CANDIDATES_MAX);
    for (at, _) in candidates {
        // A notice may hold brackets of its own ("array[0]"), so only a whole value of some size counts.
        let mut values = serde_json::Deserializer::from_slice(&body[at..]).into_iter::<IgnoredAny>();
        if !matches!(values.next(), Some(Ok(_))) {
            continue;
        }
        let end = at + values.byte_offset();
        let rest_is_json = body[end..].iter().all(u8::is_ascii_whitespace);
        if rest_is_json {
            return Some(Located { json: body.slice(at..), junk: Some(shown(&body[..at])) });
        }
    }
    None
}

/// The first bytes as text without line breaks.
pub fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * SHOWN_MAX)]);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(SHOWN_MAX).collect()
}

/// WordPress's way to say no.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct WpError {
    pub code: String,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub data: Value,
}

#[derive(Deserialize)]
struct Loose {
    code: Option<Value>,
    message: Option<Value>,
    #[serde(default)]
    data: Value,
}

impl WpError {
    /// An object with `code` and `message`, and a status of at least 400 inside where it has one.
    pub fn read(json: &[u8]) -> Option<Self> {
        if json.first() != Some(&b'{') {
            return None;
        }
        let loose: Loose = serde_json::from_slice(json).ok()?;
        let code = match loose.code? {
            Value::String(code) => code,
            Value::Number(code) => code.to_string(),
            _ => return None,
        };
        let message = match loose.message {
            Some(Value::String(message)) => message,
            _ => String::new(),
        };
        Some(Self { code, message, data: loose.data })
    }

    pub fn status(&self) -> Option<u16> {
        self.data.get("status")?.as_u64().and_then(|status| u16::try_from(status).ok())
    }

    /// What is said of one parameter: `data.params.per_page`.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.data.get("params")?.get(name)?.as_str()
    }

    /// The largest `per_page` that the site grants, from "must be between 1 (inclusive) and 20 (inclusive)".
    pub fn page_size_max(&self) -> Option<u64> {
        let words = self.parameter("per_page")?;
        let numbers = words.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u64>().ok());
        numbers.max().filter(|max| (1..=100).contains(max))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &'static [u8]) -> Option<(String, bool)> {
        locate(&Bytes::from_static(body))
            .map(|located| (String::from_utf8(located.json.to_vec()).unwrap(), located.junk.is_some()))
    }

    #[test]
    fn bad_input_096_json_is_found_behind_marks_and_notices() {
        assert_eq!(found(b" [1]"), Some(("[1]".to_owned(), false)));
        assert_eq!(found(b"\xef\xbb\xbf[1]"), Some(("[1]".to_owned(), true)));
        let notice =
            b"<br />\n<b>Warning</b>: Undefined array key [0] in {x} on line 3<br />\n[{\"id\":1}]\n";
        assert_eq!(found(notice), Some(("[{\"id\":1}]\n".to_owned(), true)));
        assert_eq!(found(b"<html>[not json]</html>"), None);
        assert_eq!(found(b"<script>var a = [1];</script>"), None);
        assert_eq!(found(b""), None);
    }

    #[test]
    fn the_stated_largest_page_is_read_from_the_refusal() {
        let refusal = br#"{"code":"rest_invalid_param","message":"Invalid parameter(s): per_page",
            "data":{"status":400,"params":{"per_page":"per_page must be between 1 (inclusive) and 20 (inclusive)"}}}"#;
        let error = WpError::read(refusal).unwrap();
        assert_eq!((error.status(), error.page_size_max()), (Some(400), Some(20)));
        assert_eq!(WpError::read(br#"{"id":1}"#), None);
    }
}
