//! Names that people give.

use crate::problem::Problem;

/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 120;

/// A name fit to be shown: not empty, bounded, on one line. Whatever else is in it is text, not markup.
pub fn checked(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Problem::invalid(
            "INVALID_NAME",
            format!("a name has 1 to {NAME_CHARS_MAX} characters and no control characters"),
            "choose another name",
        )
        .at("name"));
    }
    Ok(name.to_owned())
}

/// A short technical name, such as a resource's.
pub fn checked_word(word: String, field: &str) -> Result<String, Problem> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if word.is_empty() || word.len() > 100 || !word.bytes().all(plain) {
        let detail = format!("a {field} has 1 to 100 letters, digits, dashes and underscores");
        return Err(Problem::invalid("INVALID_NAME", detail, "use one that the catalogue lists").at(field));
    }
    Ok(word)
}

/// A reason that a person gives, or none.
pub fn checked_reason(reason: Option<String>, otherwise: &str) -> Result<String, Problem> {
    let Some(reason) = reason.filter(|reason| !reason.trim().is_empty()) else {
        return Ok(otherwise.to_owned());
    };
    if reason.chars().count() > 500 || reason.chars().any(char::is_control) {
        return Err(Problem::invalid(
            "INVALID_REASON",
            "a reason has at most 500 characters and no control characters",
            "shorten it",
        )
        .at("reason"));
    }
    Ok(reason.trim().to_owned())
}
