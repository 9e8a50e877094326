//! Cutting a page into its records without taking them apart: each record is a slice of the page's bytes, and only
//! its id, version and author are looked at.

use std::collections::HashMap;

use app_sdk::{SourceItem, Unreadable};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::fault::Fault;

/// Ids above this are not exact in every language that reads them.
const ID_MAX: u64 = 1 << 53;
/// How much of an unreadable record is kept.
const RAW_MAX: usize = 16 << 10;

/// A page, cut.
#[derive(Debug, Default)]
pub struct Cut {
    pub items: Vec<SourceItem>,
    pub unreadable: Vec<Unreadable>,
    /// Numeric ids in the order of the page.
    pub first: Option<u64>,
    pub last: Option<u64>,
    /// Every id is greater than the one before.
    pub ascending: bool,
    /// Records on the page, of whatever quality.
    pub count: u64,
    /// Records that were there twice, byte for byte.
    pub doubled: u64,
}

/// The only parts of a record that are looked at.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    modified_gmt: Option<&'a RawValue>,
    #[serde(borrow, default)]
    author: Option<&'a RawValue>,
}

/// Cuts a page of `kind` records; `page` is only for naming places.
pub fn cut(json: &Bytes, kind: &str, page: u64) -> Result<Cut, Fault> {
    let mut values = serde_json::Deserializer::from_slice(json).into_iter::<Vec<&RawValue>>();
    let raws = match values.next() {
        Some(Ok(raws)) => raws,
        Some(Err(error)) if error.is_data() => {
            return Err(Fault::Shape {
                detail: format!("a list was asked for, but the site sent something else: {error}"),
            });
        }
        Some(Err(error)) => return Err(Fault::Broken { detail: error.to_string() }),
        None => return Err(Fault::Broken { detail: "the answer is empty".to_owned() }),
    };
    let mut cut = Cut { ascending: true, count: raws.len() as u64, ..Cut::default() };
    cut.items.reserve(raws.len());
    for (place, raw) in raws.into_iter().enumerate() {
        match item(json, raw, kind) {
            Ok((id, item)) => {
                cut.ascending &= cut.last.is_none_or(|last| last < id);
                cut.first = cut.first.or(Some(id));
                cut.last = Some(id);
                cut.items.push(item);
            }
            Err((id, reason)) => cut.unreadable.push(Unreadable {
                id: id.unwrap_or_else(|| format!("page {page}, item {}", place + 1)),
                code: "UNREADABLE_RECORD".to_owned(),
                message: reason,
                raw: bounded(raw.get()),
            }),
        }
    }
    if !cut.ascending {
        drop_doubles(&mut cut);
    }
    Ok(cut)
}

type Refused = (Option<String>, String);

fn item(page: &Bytes, raw: &RawValue, kind: &str) -> Result<(u64, SourceItem), Refused> {
    if !raw.get().starts_with('{') {
        return Err((None, "the record is not a JSON object".to_owned()));
    }
    let head: Head<'_> = serde_json::from_str(raw.get())
        .map_err(|error| (None, format!("the record is not a JSON object with one id: {error}")))?;
    let id_text = head.id.ok_or_else(|| (None, "the record has no id".to_owned()))?.get();
    let id = read_id(id_text).map_err(|reason| (Some(bounded_id(id_text)), reason.to_owned()))?;
    let subject = match kind {
        "user" => Some(format!("users.{id}")),
        "comment" => Some(match head.author.and_then(|author| read_id(author.get()).ok()) {
            Some(author) => format!("users.{author}"),
            None => format!("comments.{id}"),
        }),
        _ => None,
    };
    let item = SourceItem {
        id: id.to_string(),
        bytes: page.slice_ref(raw.get().as_bytes()),
        version: head.modified_gmt.and_then(|value| plain_string(value.get())),
        subject,
    };
    Ok((id, item))
}

fn read_id(text: &str) -> Result<u64, &'static str> {
    if text.starts_with('"') {
        return Err("the id is a text, not a number");
    }
    if text.starts_with('-') {
        return Err("the id is negative");
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("the id is not a whole number");
    }
    match text.parse::<u64>() {
        Ok(0) => Err("the id is 0"),
        Ok(id) if id <= ID_MAX => Ok(id),
        _ => Err("the id is larger than 2^53"),
    }
}

/// A JSON string without escapes, which dates are.
fn plain_string(raw: &str) -> Option<String> {
    let text = raw.strip_prefix('"')?.strip_suffix('"')?;
    (!text.contains('\\') && text.len() <= 64).then(|| text.to_owned())
}

/// The same id twice: the same bytes are one record, other bytes are a contradiction that a person should see.
fn drop_doubles(cut: &mut Cut) {
    let mut seen: HashMap<String, Bytes> = HashMap::with_capacity(cut.items.len());
    let mut kept = Vec::with_capacity(cut.items.len());
    for item in std::mem::take(&mut cut.items) {
        match seen.get(&item.id) {
            None => {
                seen.insert(item.id.clone(), item.bytes.clone());
                kept.push(item);
            }
            Some(first) if *first == item.bytes => cut.doubled += 1,
            Some(_) => cut.unreadable.push(Unreadable {
                id: item.id,
                code: "DOUBLED_ID".to_owned(),
                message: "the id is on this page twice with different content; the first one is used"
                    .to_owned(),
                raw: bounded(&String::from_utf8_lossy(&item.bytes)),
            }),
        }
    }
    cut.items = kept;
}

fn bounded(text: &str) -> String {
    let mut end = text.len().min(RAW_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

fn bounded_id(text: &str) -> String {
    text.trim_matches('"').chars().filter(|c| !c.is_control()).take(64).collect()
}

#[cfg(test)]
mod tests;
