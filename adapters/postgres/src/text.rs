//! PostgreSQL's text holds no NUL, ours may. The four lowest characters are written as U+0001 and two of U+0002 and
//! U+0003, which none of them is written as alone. So the order of texts, their prefixes and what one finds in another
//! stay what they were, and every text without control characters is written as it is.

use std::borrow::Cow;

const ESCAPE: char = '\u{1}';
const ZERO: char = '\u{2}';
const ONE: char = '\u{3}';

pub(crate) fn written(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte <= 3) {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        let code = u32::from(character);
        if code > 3 {
            written.push(character);
            continue;
        }
        written.push(ESCAPE);
        written.push(if code & 2 == 0 { ZERO } else { ONE });
        written.push(if code & 1 == 0 { ZERO } else { ONE });
    }
    Cow::Owned(written)
}

/// Undoes `written`; `None` for what it never writes.
pub(crate) fn read(written: String) -> Option<String> {
    if !written.bytes().any(|byte| byte <= 3) {
        return Some(written);
    }
    let mut text = String::with_capacity(written.len());
    let mut characters = written.chars();
    while let Some(character) = characters.next() {
        match character {
            ESCAPE => {
                let high = bit(characters.next()?)?;
                text.push(char::from(high * 2 + bit(characters.next()?)?));
            }
            '\0' | ZERO | ONE => return None,
            other => text.push(other),
        }
    }
    Some(text)
}

fn bit(character: char) -> Option<u8> {
    match character {
        ZERO => Some(0),
        ONE => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text of up to four of these characters.
    fn texts() -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut from = 0;
        for _ in 0..4 {
            let to = texts.len();
            for at in from..to {
                for character in ['\0', '\u{1}', '\u{2}', '\u{3}', '\u{4}', 'a'] {
                    texts.push(format!("{}{character}", texts[at]));
                }
            }
            from = to;
        }
        texts
    }

    #[test]
    fn bad_input_163_texts_with_nul_keep_their_order_and_come_back() {
        let texts = texts();
        for text in &texts {
            let stored = written(text).into_owned();
            assert!(!stored.contains('\0'));
            assert_eq!(read(stored).as_ref(), Some(text));
        }
        for one in texts.iter().step_by(7) {
            for other in texts.iter().filter(|text| text.chars().count() <= 3) {
                let (a, b) = (written(one), written(other));
                assert_eq!(one.cmp(other), a.cmp(&b), "{one:?} {other:?}");
                assert_eq!(one.contains(other.as_str()), a.contains(&*b), "{one:?} {other:?}");
                assert_eq!(one.starts_with(other.as_str()), a.starts_with(&*b), "{one:?} {other:?}");
            }
        }
        for wrong in ["\0", "\u{1}", "\u{1}\u{2}", "\u{2}", "a\u{3}", "\u{1}ab"] {
            assert_eq!(read(wrong.to_owned()), None);
        }
    }
}
