//! Cursors: opaque to callers. A cursor names the list it belongs to, with its filters, so one of another list, or one
//! that was made up, is refused instead of being misread.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use engine::hash;
use engine::ports::{IndexValue, PageCursor};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

const CURSOR_CHARS_MAX: usize = 2_048;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tagged<T> {
    /// Digest of the list's name and filters.
    l: String,
    p: T,
}

/// A row's place.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Place {
    v: Option<Index>,
    k: String,
}

#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
enum Index {
    Integer(i64),
    Text(String),
}

/// Writes any place in a list as a cursor. `list` is its name and filters.
pub fn write<T: Serialize>(list: &[&str], place: &T) -> String {
    let tagged = Tagged { l: hash::short(hash::id(list).as_bytes()), p: place };
    URL_SAFE_NO_PAD.encode(domain::event::encode(&tagged))
}

/// Reads a cursor of this list.
pub fn read<T: DeserializeOwned>(list: &[&str], cursor: &str) -> Result<T, Problem> {
    if cursor.len() > CURSOR_CHARS_MAX {
        return Err(invalid());
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
    let tagged: Tagged<T> = serde_json::from_slice(&bytes).map_err(|_| invalid())?;
    if tagged.l != hash::short(hash::id(list).as_bytes()) {
        return Err(invalid());
    }
    Ok(tagged.p)
}

pub fn write_row(list: &[&str], place: &PageCursor) -> String {
    let value = place.value.as_ref().map(|value| match value {
        IndexValue::Text(text) => Index::Text(text.clone()),
        IndexValue::Integer(number) => Index::Integer(*number),
    });
    write(list, &Place { v: value, k: place.key.clone() })
}

pub fn read_row(list: &[&str], cursor: &str) -> Result<PageCursor, Problem> {
    let place: Place = read(list, cursor)?;
    let value = place.v.map(|value| match value {
        Index::Text(text) => IndexValue::Text(text),
        Index::Integer(number) => IndexValue::Integer(number),
    });
    Ok(PageCursor { value, key: place.k })
}

pub fn invalid() -> Problem {
    Problem::bad_request(
        "INVALID_CURSOR",
        "the cursor does not belong to this list with these filters",
        "begin again without a cursor",
    )
    .at("cursor")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_069_forged_and_foreign_cursors_are_refused() {
        let place = PageCursor { value: Some(IndexValue::Integer(7)), key: "rn_a".into() };
        let cursor = write_row(&["runs", "sc_a"], &place);
        assert_eq!(read_row(&["runs", "sc_a"], &cursor).unwrap(), place);
        assert_eq!(read_row(&["runs", "sc_b"], &cursor).unwrap_err().code(), "INVALID_CURSOR");
        for forged in ["", "AAAA", "e30", "%", &"A".repeat(10_000), &cursor[1..]] {
            assert_eq!(read_row(&["runs", "sc_a"], forged).unwrap_err().code(), "INVALID_CURSOR");
        }
    }
}
