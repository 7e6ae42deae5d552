//! From HTML to the text that a reader sees, and what it links to.

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, State, Tokenizer};

/// Links that are kept of a page, in its order.
const LINKS: usize = 256;

/// What a page shows.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Its text, blocks apart.
    pub text: String,
    /// Addresses that it leads to or loads from (hostile text).
    pub links: Vec<String>,
}

/// Whether a text is HTML, by how it begins.
pub fn is_html(text: &str) -> bool {
    let head: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(200).collect();
    let head = head.to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|start| head.starts_with(start))
        || head.starts_with("<?xml") && head.contains("<html")
        || head.starts_with("<!--") && text.len() > 200 && text.to_ascii_lowercase().contains("<html")
}

/// The text and the links of an HTML page: no scripts, styles, templates, nor what tags enclose.
/// Time and memory are linear in the page, whatever is in it.
pub fn shown(html: &str) -> Shown {
    let mut page = Reader::default();
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        page.event(event);
        None
    });
    let mut tokenizer = Tokenizer::new_with_emitter(html, emitter);
    tokenizer.set_state(State::Data);
    // The events go to the reader, so that the tokenizer has nothing to hand out itself.
    let _ = tokenizer.count();
    page.shown
}

#[derive(Default)]
struct Reader {
    shown: Shown,
    /// Name of the element whose content is not shown, while inside one.
    hidden: Option<Vec<u8>>,
    attribute: Attribute,
}

#[derive(Default, PartialEq)]
enum Attribute {
    Link,
    #[default]
    Other,
}

impl Reader {
    fn event(&mut self, event: CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                if self.hidden.is_none() && is_hidden(name) {
                    self.hidden = Some(name.to_vec());
                }
                self.apart(name);
            }
            CallbackEvent::AttributeName { name } => {
                self.attribute =
                    if matches!(name, b"href" | b"src") { Attribute::Link } else { Attribute::Other };
            }
            CallbackEvent::AttributeValue { value }
                if self.attribute == Attribute::Link && self.shown.links.len() < LINKS =>
            {
                self.shown.links.push(String::from_utf8_lossy(value).into_owned());
            }
            CallbackEvent::CloseStartTag { self_closing: true } => self.hidden = None,
            CallbackEvent::EndTag { name } => {
                if self.hidden.as_deref() == Some(name) {
                    self.hidden = None;
                }
                self.apart(name);
            }
            CallbackEvent::String { value } if self.hidden.is_none() => {
                self.shown.text.push_str(&String::from_utf8_lossy(value));
            }
            _ => {}
        }
    }

    /// Elements that are not part of a line end it.
    fn apart(&mut self, name: &[u8]) {
        if !is_inline(name) {
            self.shown.text.push('\n');
        }
    }
}

fn is_hidden(name: &[u8]) -> bool {
    matches!(name, b"script" | b"style" | b"noscript" | b"template" | b"iframe" | b"svg" | b"object")
}

fn is_inline(name: &[u8]) -> bool {
    matches!(
        name,
        b"a" | b"abbr"
            | b"b"
            | b"bdi"
            | b"bdo"
            | b"cite"
            | b"code"
            | b"data"
            | b"dfn"
            | b"em"
            | b"font"
            | b"i"
            | b"kbd"
            | b"mark"
            | b"q"
            | b"s"
            | b"samp"
            | b"small"
            | b"span"
            | b"strong"
            | b"sub"
            | b"sup"
            | b"time"
            | b"u"
            | b"var"
            | b"wbr"
    )
}

/// Addresses that stand in a plain text, in its order.
pub fn addresses(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("://").filter(|_| out.len() < LINKS) {
        let scheme = if rest[..at].ends_with("https") { 5 } else { 4 };
        let from = at.saturating_sub(scheme);
        let end = rest[at..].find(|c: char| c.is_whitespace() || "<>\"'`|\\^{}".contains(c));
        let end = end.map_or(rest.len(), |end| at + end);
        if rest.get(from..at).is_some_and(|s| matches!(s, "http" | "https")) {
            out.push(rest[from..end].trim_end_matches(['.', ',', ')', ']', ';']).to_owned());
        }
        rest = &rest[end.max(at + 3)..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_sees() {
        let page = shown(
            "<!DOCTYPE html><html><head><title>A &amp; B</title><style>x{}</style><script>if (a<b) {'</p>'}</script>\
             </head><body><p>On<b>e</b> line<br>two</p><!-- not --><a href='https://x.example/y'>link</a>\
             <img src=//cdn.example/i></body>",
        );
        let lines: Vec<&str> = page.text.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect();
        assert_eq!(lines, ["A & B", "One line", "two", "link"]);
        assert_eq!(page.links, ["https://x.example/y", "//cdn.example/i"]);
    }

    #[test]
    fn html_is_told_from_text() {
        assert!(is_html(" \n<!DOCTYPE HTML><p>") && is_html("<html lang=de>") && !is_html("a < b <html>"));
    }

    #[test]
    fn addresses_in_text() {
        let text = "see https://a.example/x. and (http://b.example/y) or ftp://c.example, ://";
        assert_eq!(addresses(text), ["https://a.example/x", "http://b.example/y"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken(text in "[<>a-z/='\" !-]{0,200}|\\PC{0,100}") {
            shown(&text);
            addresses(&text);
        }
    }
}
