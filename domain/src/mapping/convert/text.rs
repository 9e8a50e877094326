//! Conversions of texts. Case follows Unicode's default tables, so no language setting changes a result.

use std::borrow::Cow;

use serde_json::Value;

use crate::html;
use crate::mapping::bounds::Bounds;
use crate::mapping::problem::{Code, Fault};

/// Longest slug, in characters; WordPress keeps 200.
const SLUG_CHARS_MAX: usize = 200;

type Converted<'a> = Result<Cow<'a, Value>, Fault>;

pub(super) fn to_text(value: Cow<'_, Value>) -> Converted<'_> {
    match value.as_ref() {
        Value::String(_) => Ok(value),
        Value::Number(number) => Ok(text(number.to_string())),
        Value::Bool(yes) => Ok(text(yes.to_string())),
        _ => Err(Fault::wrong_type(&value, "a text", "name a value inside it, or use first or join")),
    }
}

pub(super) fn html_to_text<'a>(value: Cow<'a, Value>, bounds: &mut Bounds) -> Converted<'a> {
    through(value, bounds, |source| html::to_text(source).map_err(too_large))
}

pub(super) fn html_sanitise<'a>(value: Cow<'a, Value>, bounds: &mut Bounds) -> Converted<'a> {
    through(value, bounds, |source| html::sanitise(source).map(Cow::Owned).map_err(too_large))
}

pub(super) fn decode_entities<'a>(value: Cow<'a, Value>, bounds: &mut Bounds) -> Converted<'a> {
    through(value, bounds, |source| Ok(html::decode_entities(source)))
}

pub(super) fn lower_case<'a>(value: Cow<'a, Value>, bounds: &mut Bounds) -> Converted<'a> {
    through(value, bounds, |source| {
        let done = source.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
        Ok(if done { Cow::Borrowed(source) } else { Cow::Owned(source.to_lowercase()) })
    })
}

pub(super) fn upper_case<'a>(value: Cow<'a, Value>, bounds: &mut Bounds) -> Converted<'a> {
    through(value, bounds, |source| Ok(Cow::Owned(source.to_uppercase())))
}

pub(super) fn trim(value: Cow<'_, Value>) -> Converted<'_> {
    match value.as_ref() {
        Value::String(source) if source.trim().len() == source.len() => Ok(value),
        Value::String(source) => Ok(text(source.trim().to_owned())),
        other => Err(not_text(other)),
    }
}

/// To at most `max` characters, without leaving half of a composed one.
pub(super) fn truncate(value: Cow<'_, Value>, max: usize) -> Converted<'_> {
    let Value::String(source) = value.as_ref() else { return Err(not_text(&value)) };
    if source.len() <= max {
        return Ok(value);
    }
    let Some((mut end, mut next)) = source.char_indices().nth(max) else { return Ok(value) };
    while joins_the_one_before(next) || source[..end].ends_with('\u{200d}') {
        let Some((at, before)) = source[..end].char_indices().next_back() else { break };
        (end, next) = (at, before);
    }
    Ok(text(source[..end].to_owned()))
}

/// Literal, every occurrence; the size is known before the text is made.
pub(super) fn replace<'a>(value: Cow<'a, Value>, from: &str, to: &str, bounds: &mut Bounds) -> Converted<'a> {
    let Value::String(source) = value.as_ref() else { return Err(not_text(&value)) };
    let found = source.matches(from).count();
    if found == 0 {
        return Ok(value);
    }
    let size = source.len() - found * from.len() + found.saturating_mul(to.len());
    bounds.charge(size)?;
    Ok(text(source.replace(from, to)))
}

/// Lower-case letters, digits and single hyphens. Latin letters lose their accents, others stay.
pub(super) fn slug<'a>(value: Cow<'a, Value>, bounds: &mut Bounds) -> Converted<'a> {
    through(value, bounds, |source| {
        let mut slug = String::with_capacity(source.len().min(4 * SLUG_CHARS_MAX));
        let mut chars = 0;
        for c in source.chars().flat_map(char::to_lowercase) {
            let plain = without_accent(c);
            if chars >= SLUG_CHARS_MAX {
                break;
            }
            match plain {
                Some(letters) => slug.push_str(letters),
                None if c.is_alphanumeric() => slug.push(c),
                None if joins_the_one_before(c) || matches!(c, '\'' | '’') => continue,
                None if slug.is_empty() || slug.ends_with('-') => continue,
                None => slug.push('-'),
            }
            chars += 1;
        }
        slug.truncate(slug.trim_end_matches('-').len());
        Ok(Cow::Owned(slug))
    })
}

/// Runs a function on a text and charges what it made; a text it left alone is not copied.
fn through<'a>(
    value: Cow<'a, Value>,
    bounds: &mut Bounds,
    convert: impl FnOnce(&str) -> Result<Cow<'_, str>, Fault>,
) -> Converted<'a> {
    let Value::String(source) = value.as_ref() else { return Err(not_text(&value)) };
    // Upper case of one character is at most three times its bytes; sanitised HTML at most about six.
    bounds.fits(source.len())?;
    let made = match convert(source)? {
        Cow::Borrowed(_) => None,
        Cow::Owned(made) => Some(made),
    };
    let Some(made) = made else { return Ok(value) };
    bounds.charge(made.len())?;
    Ok(text(made))
}

fn text<'a>(made: String) -> Cow<'a, Value> {
    Cow::Owned(Value::String(made))
}

fn not_text(value: &Value) -> Fault {
    let remedy = match value {
        Value::Array(_) => "put first, join or each before it",
        Value::Object(_) => "name a value inside it",
        _ => "put text before it",
    };
    Fault::wrong_type(value, "a text", remedy)
}

fn too_large(excess: html::Excess) -> Fault {
    Fault::new(Code::TooLarge, excess.to_string(), "shorten or clean the HTML in the source")
}

/// Combining marks, joiners, variation selectors and skin tones belong to the character before them.
fn joins_the_one_before(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

fn without_accent(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::convert::tests::convert;
    use serde_json::json;

    fn one(kind: &str, value: &str) -> Value {
        convert(json!([{ "kind": kind }]), json!(value)).unwrap()
    }

    #[test]
    fn texts_are_cleaned_cut_and_replaced() {
        assert_eq!(one("trim", " a\u{a0}\n"), json!("a"));
        assert_eq!(one("slug", "  Crème Brûlée & Spaß!  "), json!("creme-brulee-spass"));
        assert_eq!(one("slug", "日本 語"), json!("日本-語"));
        assert_eq!(one("decode-entities", "Post &#038; &#8220;x&#8221;"), json!("Post & “x”"));
        assert_eq!(convert(json!([{"kind": "text"}]), json!(7)), Ok(json!("7")));
        assert_eq!(convert(json!([{"kind": "text"}]), json!({})), Err(Code::WrongType));
        let replace = json!([{"kind": "replace", "from": ".", "to": ""}]);
        assert_eq!(convert(replace, json!("a.b.c")), Ok(json!("abc")));
    }

    #[test]
    fn bad_input_127_case_folding_and_cuts_keep_characters_whole() {
        assert_eq!(one("lower-case", "İß"), json!("i\u{307}ß"));
        assert_eq!(one("upper-case", "ß"), json!("SS"));
        assert_eq!(one("slug", "İSTANBUL"), json!("istanbul"));
        let cut =
            |text: &str, max: usize| convert(json!([{"kind": "truncate", "max": max}]), json!(text)).unwrap();
        assert_eq!(cut("e\u{301}e\u{301}", 3), json!("e\u{301}"));
        assert_eq!(cut("a👩\u{200d}👩\u{200d}👧", 2), json!("a"));
        assert_eq!(cut("äöü", 2), json!("äö"));
        assert_eq!(cut("\u{301}\u{301}\u{301}", 1), json!(""));
        assert_eq!(cut("abc", 3), json!("abc"));
        assert_eq!(cut("abc", 0), json!(""));
    }

    #[test]
    fn bad_input_055_odd_characters_pass_through_unharmed() {
        for odd in ["a\u{0}b", "\u{202e}abc", "\u{feff}abc", "a\u{200b}b", "e\u{301}", "é"] {
            assert_eq!(one("text", odd), json!(odd));
            assert_eq!(one("decode-entities", odd), json!(odd));
            one("slug", odd);
            one("html-to-text", odd);
            one("html-sanitise", odd);
        }
    }
}
