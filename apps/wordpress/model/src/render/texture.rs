//! What WordPress makes of raw text when it shows it.

/// Titles: curly quotes and numeric entities, as `wptexturize` makes them.
pub(crate) fn title(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + 16);
    let mut open = false;
    for (at, letter) in raw.char_indices() {
        match letter {
            '&' if !is_entity(&raw[at..]) => out.push_str("&#038;"),
            '"' => {
                out.push_str(if open { "&#8221;" } else { "&#8220;" });
                open = !open;
            }
            '\'' => out.push_str("&#8217;"),
            other => out.push(other),
        }
    }
    out
}

/// Content: the comments that delimit blocks are gone, everything else stays, scripts included.
pub(crate) fn content(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(start) = rest.find("<!-- ") {
        let Some(end) = rest[start..].find("-->") else { break };
        let is_block = rest[start + 5..].trim_start_matches('/').starts_with("wp:");
        if is_block {
            out.push_str(&rest[..start]);
            rest = &rest[start + end + 3..];
        } else {
            out.push_str(&rest[..start + end + 3]);
            rest = &rest[start + end + 3..];
        }
    }
    out.push_str(rest);
    if !out.trim_start().starts_with('<') && !out.is_empty() {
        return format!("<p>{}</p>\n", out.trim());
    }
    out
}

/// The first words of the content when no excerpt was written.
pub(crate) fn excerpt(excerpt: &str, content: &str) -> String {
    const WORDS: usize = 55;
    if !excerpt.is_empty() {
        return format!("<p>{}</p>\n", title(excerpt));
    }
    let mut text = String::with_capacity(512);
    let mut words = 0;
    let mut outside = true;
    for letter in content.chars() {
        match letter {
            '<' => outside = false,
            '>' => outside = true,
            _ if !outside => {}
            blank if blank.is_whitespace() => {
                if !text.is_empty() && !text.ends_with(' ') {
                    words += 1;
                    if words == WORDS {
                        return format!("<p>{} [&hellip;]</p>\n", text.trim_end());
                    }
                    text.push(' ');
                }
            }
            other => text.push(other),
        }
    }
    if text.is_empty() { text } else { format!("<p>{}</p>\n", text.trim_end()) }
}

fn is_entity(text: &str) -> bool {
    text[1..].find(';').is_some_and(|end| {
        end > 1
            && end < 10
            && text[1..=end].chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '#')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_rendered_with_entities() {
        assert_eq!(title("Post & \"title\" 9"), "Post &#038; &#8220;title&#8221; 9");
        assert_eq!(title("Fish &amp; chips"), "Fish &amp; chips");
    }

    #[test]
    fn block_comments_go_and_other_comments_stay() {
        assert_eq!(
            content("<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph --><!-- more -->"),
            "\n<p>a</p>\n<!-- more -->"
        );
        assert_eq!(excerpt("", "<p>a <b>b</b></p>"), "<p>a b</p>\n");
    }
}
