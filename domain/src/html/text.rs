//! HTML to text, with the tokenizer of a real HTML parser: entities are decoded as a browser does.

use std::borrow::Cow;
use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{RawKind, State};
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::measure::{self, Excess};
use super::{borrowed_or, is_plain};

/// The readable text: blocks become lines, runs of spaces one space, scripts and styles nothing.
pub fn to_text(html: &str) -> Result<Cow<'_, str>, Excess> {
    if is_plain(html) {
        return Ok(tidy(html));
    }
    measure::check(html)?;
    let text = tokenize(html, State::Data, Sink { skip_markup: true, ..Sink::default() });
    Ok(Cow::Owned(tidy(&text).into_owned()))
}

/// Character references decoded, everything else as it was: `Post &#038; &#8220;x&#8221;` is `Post & “x”`. Once only:
/// `&amp;lt;` becomes `&lt;`.
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    borrowed_or(text, || {
        // The tokenizer must not see line ends and NULs, which it would rewrite; neither occurs in a reference.
        let mut decoded = String::with_capacity(text.len());
        for piece in text.split_inclusive(['\r', '\0']) {
            let end = piece.strip_suffix(['\r', '\0']).unwrap_or(piece);
            decoded.push_str(&tokenize(end, State::RawData(RawKind::Rcdata), Sink::default()));
            decoded.push_str(&piece[end.len()..]);
        }
        decoded
    })
}

fn tokenize(source: &str, state: State, sink: Sink) -> String {
    let options =
        TokenizerOpts { initial_state: Some(state), discard_bom: false, ..TokenizerOpts::default() };
    let tokenizer = Tokenizer::new(sink, options);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(source));
    // Our sink never asks for a pause, so one call reads everything.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.text.into_inner()
}

#[derive(Default)]
struct Sink {
    text: RefCell<String>,
    /// Treat tags; otherwise there are none.
    skip_markup: bool,
    /// Inside an element whose text is not for readers.
    hidden: RefCell<Option<String>>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) if self.hidden.borrow().is_none() => {
                self.text.borrow_mut().push_str(&text);
            }
            Token::NullCharacterToken if self.hidden.borrow().is_none() => {
                self.text.borrow_mut().push('\u{fffd}');
            }
            Token::TagToken(tag) if self.skip_markup => return self.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Sink {
    fn tag(&self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let mut hidden = self.hidden.borrow_mut();
        if let Some(inside) = hidden.as_deref() {
            if tag.kind == TagKind::EndTag && inside == name {
                *hidden = None;
            }
            return TokenSinkResult::Continue;
        }
        if tag.kind == TagKind::StartTag && !tag.self_closing {
            let raw = match name {
                "script" => Some(RawKind::ScriptData),
                "style" | "iframe" | "noframes" | "xmp" => Some(RawKind::Rawtext),
                "title" | "textarea" => Some(RawKind::Rcdata),
                "svg" | "math" | "template" | "object" => {
                    *hidden = Some(name.to_owned());
                    return TokenSinkResult::Continue;
                }
                _ => None,
            };
            if let Some(raw) = raw {
                *hidden = Some(name.to_owned());
                return TokenSinkResult::RawData(raw);
            }
        }
        match name {
            "td" | "th" => self.text.borrow_mut().push(' '),
            "br" | "p" | "div" | "li" | "ul" | "ol" | "dl" | "dt" | "dd" | "tr" | "table" | "h1" | "h2"
            | "h3" | "h4" | "h5" | "h6" | "blockquote" | "pre" | "section" | "article" | "header"
            | "footer" | "figure" | "figcaption" | "hr" => self.text.borrow_mut().push(BREAK),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// A line end that markup asked for, apart from the line ends of the source, which are only spaces. A private-use
/// character; where a text holds one itself it reads as a line end, no worse.
const BREAK: char = '\u{f8fe}';

/// Runs of spaces become one, lines are trimmed, empty lines vanish.
fn tidy(text: &str) -> Cow<'_, str> {
    let mut tidy = String::with_capacity(text.len());
    for line in text.split(BREAK) {
        let mut words = line.split_whitespace().peekable();
        if words.peek().is_none() {
            continue;
        }
        if !tidy.is_empty() {
            tidy.push('\n');
        }
        for (n, word) in words.enumerate() {
            if n > 0 {
                tidy.push(' ');
            }
            tidy.push_str(word);
        }
    }
    if tidy == text { Cow::Borrowed(text) } else { Cow::Owned(tidy) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_lines_and_hidden_parts_vanish() {
        let html = "<h1>A &amp; B</h1>\n<p>one\n two<br>three</p><script>x<y</script><style>p{}</style><ul><li>4</li></ul>";
        assert_eq!(to_text(html).unwrap(), "A & B\none two\nthree\n4");
        assert_eq!(to_text("<title>a<b></title>b<svg><text>c</text></svg>d").unwrap(), "bd");
        assert_eq!(to_text("  plain  text ").unwrap(), "plain text");
        assert_eq!(to_text("5 < 6 &lt;b&gt;").unwrap(), "5 < 6 <b>");
    }

    #[test]
    fn entities_are_decoded_once_and_tags_left_alone() {
        assert_eq!(decode_entities("&amp;lt; <b> &eacute;&hellip; & &nope;"), "&lt; <b> é… & &nope;");
        assert_eq!(decode_entities("a\r\nb&#13;\0&amp;"), "a\r\nb\r\0&");
        assert!(matches!(decode_entities("plain"), Cow::Borrowed(_)));
        assert_eq!(decode_entities("\u{feff}&amp;</title>"), "\u{feff}&</title>");
    }
}
