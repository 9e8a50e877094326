//! JSON as PHP's `json_encode` writes it: slashes and everything beyond ASCII escaped. An object is written straight
//! into the page, and only the fields that were asked for are computed.

use crate::fields::Fields;
use serde_json::{Map, Value};
use std::io::Write as _;

/// An object under construction.
pub(crate) struct Object<'o> {
    out: &'o mut Vec<u8>,
    fields: Fields<'o>,
    empty: bool,
}

impl<'o> Object<'o> {
    /// Writes one object with the fields that `fill` gives and `fields` wants. PHP knows one empty array only, so an
    /// object left without fields becomes `[]`.
    pub(crate) fn write(out: &'o mut Vec<u8>, fields: Fields<'o>, fill: impl FnOnce(&mut Object<'_>)) {
        let start = out.len();
        out.push(b'{');
        let mut object = Object { out, fields, empty: true };
        fill(&mut object);
        if object.empty {
            out.truncate(start);
            out.extend_from_slice(b"[]");
        } else {
            out.push(b'}');
        }
    }

    pub(crate) fn text(&mut self, key: &str, value: &str) {
        if self.begin(key) {
            string(self.out, value);
        }
    }

    /// A text that is costly to make, made only when wanted.
    pub(crate) fn text_with(&mut self, key: &str, value: impl FnOnce() -> String) {
        if self.begin(key) {
            string(self.out, &value());
        }
    }

    pub(crate) fn number(&mut self, key: &str, value: u64) {
        if self.begin(key) {
            number(self.out, value);
        }
    }

    pub(crate) fn flag(&mut self, key: &str, value: bool) {
        if self.begin(key) {
            self.out.extend_from_slice(if value { b"true" } else { b"false" });
        }
    }

    pub(crate) fn numbers(&mut self, key: &str, values: &[u64]) {
        if self.begin(key) {
            self.out.push(b'[');
            for (place, &value) in values.iter().enumerate() {
                if place > 0 {
                    self.out.push(b',');
                }
                number(self.out, value);
            }
            self.out.push(b']');
        }
    }

    pub(crate) fn value(&mut self, key: &str, json: &Value) {
        if self.begin(key) {
            value(self.out, json);
        }
    }

    /// An object, or `[]` when the map is empty.
    pub(crate) fn map(&mut self, key: &str, map: &Map<String, Value>) {
        if self.begin(key) {
            map_or_list(self.out, map);
        }
    }

    pub(crate) fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        if self.begin(key) {
            Object::write(self.out, self.fields.below(key), fill);
        }
    }

    /// A list that holds one object: the shape of every entry of `_links`.
    pub(crate) fn listed(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        if self.begin(key) {
            self.out.push(b'[');
            Object::write(self.out, Fields::All, fill);
            self.out.push(b']');
        }
    }

    /// Ready-made JSON.
    pub(crate) fn raw(&mut self, key: &str, json: &[u8]) {
        if self.begin(key) {
            self.out.extend_from_slice(json);
        }
    }

    fn begin(&mut self, key: &str) -> bool {
        if !self.fields.wants(key) {
            return false;
        }
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        string(self.out, key);
        self.out.push(b':');
        true
    }
}

/// Any JSON value, in PHP's spelling.
pub(crate) fn value(out: &mut Vec<u8>, json: &Value) {
    match json {
        Value::String(text) => string(out, text),
        Value::Array(values) => {
            out.push(b'[');
            for (place, entry) in values.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                value(out, entry);
            }
            out.push(b']');
        }
        Value::Object(map) => {
            out.push(b'{');
            entries(out, map);
            out.push(b'}');
        }
        simple => out.extend_from_slice(simple.to_string().as_bytes()),
    }
}

/// The bytes of a JSON value, in PHP's spelling.
pub(crate) fn bytes(json: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    value(&mut out, json);
    out
}

fn map_or_list(out: &mut Vec<u8>, map: &Map<String, Value>) {
    if map.is_empty() {
        out.extend_from_slice(b"[]");
    } else {
        out.push(b'{');
        entries(out, map);
        out.push(b'}');
    }
}

fn entries(out: &mut Vec<u8>, map: &Map<String, Value>) {
    for (place, (key, entry)) in map.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        string(out, key);
        out.push(b':');
        value(out, entry);
    }
}

/// Writing into memory cannot fail.
fn number(out: &mut Vec<u8>, value: u64) {
    let _written = write!(out, "{value}");
}

/// A quoted string; runs of harmless bytes are copied at once.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\' && byte != b'/' {
            at += 1;
            continue;
        }
        out.extend_from_slice(&bytes[copied..at]);
        let letter = text[at..].chars().next().unwrap_or('\u{fffd}');
        escaped(out, letter);
        at += letter.len_utf8();
        copied = at;
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

fn escaped(out: &mut Vec<u8>, letter: char) {
    match letter {
        '"' | '\\' | '/' => out.extend_from_slice(&[b'\\', letter as u8]),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        '\u{7f}' => out.push(0x7f),
        other => {
            let mut units = [0; 2];
            for unit in other.encode_utf16(&mut units) {
                let _written = write!(out, "\\u{unit:04x}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_spelled_as_php_spells_them() {
        let mut out = Vec::new();
        string(&mut out, "a/b \"é\" 🎈\n");
        assert_eq!(out, br#""a\/b \"\u00e9\" \ud83c\udf88\n""#);
    }

    #[test]
    fn an_object_without_fields_is_an_empty_list() {
        let mut out = Vec::new();
        Object::write(&mut out, Fields::All, |_| {});
        assert_eq!(out, b"[]");
    }
}
