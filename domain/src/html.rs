//! HTML from a source: made safe, turned into text, or only its entities decoded.
//!
//! A parser works on it only after one pass over the bytes has shown that the parser's quadratic cases (deep nesting,
//! thousands of attributes in one tag, formatting that every paragraph opens again) do not occur.

mod measure;
mod plain;
mod text;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;

pub use measure::{ATTRIBUTES_MAX, ELEMENTS_MAX, Excess, HTML_BYTES_MAX, OPEN_TAGS_MAX};
pub use text::{decode_entities, to_text};

/// Safe HTML: text structure, links (`http`, `https`, `mailto`, `tel`) and images. Scripts, styles, frames, forms, SVG,
/// `MathML`, `base`, event handlers and comments are removed. The same input always gives the same output.
pub fn sanitise(html: &str) -> Result<String, Excess> {
    if html.len() <= HTML_BYTES_MAX
        && let Some(safe) = plain::sanitise(html)
    {
        return Ok(safe);
    }
    measure::check(html)?;
    Ok(SAFE.clean(html).to_string())
}

const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

static SAFE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .rm_tags(["map", "area"])
        .add_tags(["figure", "figcaption"])
        .add_clean_content_tags([
            "iframe", "object", "embed", "noscript", "template", "svg", "math", "textarea", "title",
        ])
        .url_schemes(HashSet::from(SCHEMES))
        .link_rel(Some("noopener noreferrer"));
    builder
});

/// Text without markup is common; this says so cheaply.
fn is_plain(text: &str) -> bool {
    !text.bytes().any(|b| matches!(b, b'<' | b'&' | b'\0' | b'\r'))
}

fn borrowed_or(text: &str, made: impl FnOnce() -> String) -> Cow<'_, str> {
    if is_plain(text) { Cow::Borrowed(text) } else { Cow::Owned(made()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn good_html_survives() {
        let good = r#"<p>A <strong>b</strong> <a href="https://x.y/z" rel="noopener noreferrer">c</a></p><ul><li>1</li></ul>"#;
        assert_eq!(sanitise(good).unwrap(), good);
        assert_eq!(sanitise("plain").unwrap(), "plain");
        assert_eq!(
            sanitise("<figure><img src=\"https://x.y/a.png\" alt=\"a\"><figcaption>b</figcaption></figure>")
                .unwrap(),
            "<figure><img src=\"https://x.y/a.png\" alt=\"a\"><figcaption>b</figcaption></figure>"
        );
    }

    #[test]
    fn bad_input_107_nothing_that_acts_is_left() {
        for (bad, left) in [
            ("<script>alert(1)</script>a", "a"),
            ("<iframe src=https://x.y></iframe>a", "a"),
            ("<svg><animate onbegin=alert(1) attributeName=x /></svg>a", "a"),
            ("<math><mtext><img src=x onerror=alert(1)></mtext></math>a", "a"),
            ("<base href=https://evil.example>a", "a"),
            ("<p onclick=alert(1) style=\"x:y\">a</p>", "<p>a</p>"),
            ("<a href=\"javascript:alert(1)\">a</a>", "<a rel=\"noopener noreferrer\">a</a>"),
            ("<a href=\"data:text/html,x\">a</a>", "<a rel=\"noopener noreferrer\">a</a>"),
            ("<!-- x -->a<form action=/x><input name=y></form>", "a"),
            ("a:1:{s:1:\"b\";i:2;}", "a:1:{s:1:\"b\";i:2;}"),
        ] {
            assert_eq!(sanitise(bad).unwrap(), left, "{bad}");
        }
    }

    #[test]
    fn bad_input_107_sanitising_twice_changes_nothing_more() {
        let odd = "<svg><style><img src=x onerror=a></style></svg><b><p>x</b>y</p><table><a>z";
        let once = sanitise(odd).unwrap();
        assert_eq!(sanitise(&once).unwrap(), once);
    }

    #[test]
    fn bad_input_107_the_worst_that_is_let_through_is_still_quick() {
        let started = std::time::Instant::now();
        let nested = format!("{}{}", "<div>".repeat(500), "<p>x".repeat(50_000));
        let misnested = "<b><i></b></i>".repeat(200);
        let reopened = format!("<p><b a=1><b a=2><b a=3>{}", "<p>x".repeat(20_000));
        for html in [nested, misnested, reopened] {
            let _ = sanitise(&html).unwrap();
        }
        assert!(started.elapsed() < std::time::Duration::from_secs(10));
    }

    proptest! {
        #[test]
        fn any_text_gets_a_safe_answer(html in "([<>/a-z&;\"'= ]|<(b|p|svg|math|script|style|a href=)|\\PC){0,80}") {
            let safe = sanitise(&html).unwrap().to_lowercase();
            prop_assert!(!safe.contains("<script") && !safe.contains("<svg") && !safe.contains("<iframe"));
            let _ = to_text(&html).unwrap();
            let _ = decode_entities(&html);
        }
    }
}
