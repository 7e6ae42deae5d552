//! Hostile text as markup.

use maud::{Markup, html};
use toadstone_core::Span;

use crate::shown;

/// A sample's text: marked spans in `<mark>`, escaped characters told from text that looks like them.
pub(crate) fn sample(text: &str, spans: &[Span], limit: usize) -> Markup {
    let cells = shown::around(&shown::cells(text, spans), limit);
    html! {
        @for piece in shown::pieces(&cells) {
            @if piece.marked {
                mark { @if piece.escaped { span.esc { (piece.text) } } @else { (piece.text) } }
            } @else if piece.escaped {
                span.esc { (piece.text) }
            } @else {
                (piece.text)
            }
        }
    }
}

/// A value of a record, cut to `limit` characters.
pub(crate) fn value(text: &str, limit: usize) -> Markup {
    html! {
        bdi.value {
            @if text.is_empty() { span.quiet { "empty" } } @else { (sample(text, &[], limit)) }
        }
    }
}

/// A sentence of a detector: what it quotes between backticks is set as a value.
pub(crate) fn sentence(text: &str, limit: usize) -> Markup {
    let text = shown::plain(text, limit);
    let parts: Vec<&str> = text.split('`').collect();
    let paired = parts.len() % 2 == 1;
    html! {
        @if text.trim().is_empty() {
            span.quiet { "untitled" }
        } @else if !paired {
            (text)
        } @else {
            @for (i, part) in parts.iter().enumerate() {
                @if i % 2 == 1 { bdi.value { (part) } } @else { (part) }
            }
        }
    }
}
