//! HTML entities in a shop's webhook secret: WooCommerce decodes them before it signs (`wp_specialchars_decode` with
//! `ENT_QUOTES`), so a secret that was saved as `a&amp;b` signs as `a&b`.

use std::borrow::Cow;

/// Decodes what WordPress decodes, in one pass: `&amp;lt;` becomes `&lt;`.
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let found = rest.find(';').and_then(|end| Some((entity(&rest[1..end])?, end)));
        let (plain, end) = found.unwrap_or(('&', 0));
        decoded.push(plain);
        rest = &rest[end + 1..];
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The character behind the name between `&` and `;`.
fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let zeros = |digits: &str| digits.trim_start_matches('0').to_owned();
            match number.strip_prefix(['x', 'X']) {
                Some(hex) => match zeros(hex).as_str() {
                    "27" => Some('\''),
                    "22" => Some('"'),
                    "26" => Some('&'),
                    _ => None,
                },
                None => match zeros(number).as_str() {
                    "39" => Some('\''),
                    "34" => Some('"'),
                    "60" => Some('<'),
                    "62" => Some('>'),
                    "38" => Some('&'),
                    _ => None,
                },
            }
        }
    }
}
