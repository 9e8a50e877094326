//! Where a page says its REST API is: a `Link` header or a `<link>` element.

const REL: &str = "https://api.w.org/";
const HTML_MAX: usize = 512 << 10;

/// `Link: <https://example.org/wp-json/>; rel="https://api.w.org/"`, perhaps among others.
pub fn from_header(value: &str) -> Option<&str> {
    value.split(',').find_map(|item| {
        let (target, parameters) = item.trim().strip_prefix('<')?.split_once('>')?;
        let is_api = parameters.split(';').any(|parameter| {
            parameter.split_once('=').is_some_and(|(key, value)| {
                key.trim().eq_ignore_ascii_case("rel") && value.trim().trim_matches('"') == REL
            })
        });
        is_api.then_some(target)
    })
}

/// `<link rel="https://api.w.org/" href="…">`, with attributes in any order and quotes.
pub fn from_html(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(HTML_MAX)]);
    text.split("<link").skip(1).find_map(|rest| {
        let tag = rest.split('>').next()?;
        if attribute(tag, "rel")? != REL {
            return None;
        }
        Some(attribute(tag, "href")?.replace("&amp;", "&").replace("&#038;", "&"))
    })
}

/// `<meta name="generator" content="WordPress 6.8.1">`.
pub fn version(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(HTML_MAX)]);
    text.split("<meta").skip(1).find_map(|rest| {
        let tag = rest.split('>').next()?;
        let content = attribute(tag, "content")?;
        let version = content.strip_prefix("WordPress ")?;
        let sensible =
            version.len() <= 16 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        (attribute(tag, "name")? == "generator" && sensible).then(|| version.to_owned())
    })
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        let at = rest.find(name)?;
        let before = rest[..at].chars().next_back();
        rest = &rest[at + name.len()..];
        let Some(value) = rest.trim_start().strip_prefix('=') else { continue };
        if before.is_some_and(|c| !c.is_whitespace()) {
            continue;
        }
        let value = value.trim_start();
        return match value.chars().next()? {
            quote @ ('"' | '\'') => value[1..].split(quote).next(),
            _ => value.split([' ', '\t', '\n', '/']).next(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_among_others() {
        let header =
            r#"<https://e.org/feed>; rel="alternate", <https://e.org/wp-json/>; rel="https://api.w.org/""#;
        assert_eq!(from_header(header), Some("https://e.org/wp-json/"));
        assert_eq!(from_header("<https://e.org/>; rel=shortlink"), None);
        let html = b"<html><link rel='stylesheet' href='x'><link href=\"https://e.org/?rest_route=/&#038;a=b\" rel=\"https://api.w.org/\" />";
        assert_eq!(from_html(html).as_deref(), Some("https://e.org/?rest_route=/&a=b"));
        assert_eq!(from_html(b"<link rel=x"), None);
        assert_eq!(
            version(b"<meta name=\"generator\" content=\"WordPress 6.8.1\" />").as_deref(),
            Some("6.8.1")
        );
    }
}
