//! Syntax trees, within bounds.

use std::ops::{ControlFlow, Range};

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use super::language::Language;

/// Bytes of a text that are parsed; what stands behind is not looked at.
const PARSED: usize = 512 << 10;

/// What is left to parse a record with its comments: steps of about a hundred operations. Counted and
/// not timed, so that the result is the same on every machine.
pub(crate) struct Steps(usize);

impl Steps {
    /// 2,000 steps, and one for eight bytes: ordinary code takes a tenth.
    pub(crate) fn of(text: &str) -> Steps {
        Steps(2_000 + text.len().min(PARSED) / 8)
    }
}

/// Nodes of a tree that are looked at.
const NODES: usize = 2_000_000;

/// A call, an assignment, or a key with its value.
pub(crate) struct Fact {
    /// Dotted name of what is called; `key=` for what is assigned or keyed. Without white space.
    pub(crate) name: String,
    /// Arguments or value as they stand, without white space.
    pub(crate) arguments: String,
    /// Where it stands.
    pub(crate) span: Range<usize>,
    /// Whether it is never reached: behind a `return`, under `if False`.
    pub(crate) unreached: bool,
}

/// What a text says.
#[derive(Default)]
pub(crate) struct Facts {
    /// In code.
    pub(crate) facts: Vec<Fact>,
    /// Comments and strings, in order.
    pub(crate) dead: Vec<Range<usize>>,
    /// What the grammar could not read, in order.
    broken: Vec<Range<usize>>,
    /// Code that is never reached.
    unreached: Vec<Range<usize>>,
}

/// Longest text of a name or of arguments that is compared.
const COMPARED: usize = 2000;

/// Reads the facts of a text; of what cannot be parsed within bounds, only calls, letter by letter.
///
/// O(n): steps and nodes are bounded, and the walk does not recurse.
pub(crate) fn facts(parser: &mut Parser, language: Language, text: &str, steps: &mut Steps) -> Facts {
    let text = &text[..text.floor_char_boundary(PARSED)];
    let mut out = Facts::default();
    let Some(tree) = parse(parser, language, text, steps) else { return out.with_loose(text) };
    let mut cursor = tree.walk();
    for _ in 0..NODES {
        let node = cursor.node();
        let kind = node.kind();
        let dead = is_dead(kind);
        if node.is_error() {
            out.broken.push(node.byte_range());
        }
        out.unreached.extend(unreached(&node, kind, text));
        if dead {
            out.dead.push(node.byte_range());
        } else if let Some(fact) = fact(&node, kind, text) {
            out.facts.push(fact);
        }
        if !dead && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                out.finish(text);
                return out;
            }
        }
    }
    out.finish(text);
    out
}

impl Facts {
    fn finish(&mut self, text: &str) {
        self.read_broken(text);
        for fact in &mut self.facts {
            let inside = |range: &Range<usize>| range.start <= fact.span.start && fact.span.end <= range.end;
            fact.unreached = self.unreached.iter().any(inside);
        }
    }

    /// Adds what looks like a call anywhere in a comment, where words of prose may mislead the grammar.
    pub(crate) fn with_loose(mut self, text: &str) -> Facts {
        self.broken.clear();
        self.broken.push(0..text.len());
        self.read_broken(text);
        self
    }

    /// Reads calls letter by letter where the grammar failed: a token that does not fit (a puzzle)
    /// must not hide the call around it.
    fn read_broken(&mut self, text: &str) {
        let mut seen: Vec<usize> = self.facts.iter().map(|fact| fact.span.start).collect();
        seen.sort_unstable();
        let mut end = 0;
        for range in std::mem::take(&mut self.broken) {
            // A call may begin before the token that breaks it.
            let line = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
            let from = line.max(end);
            let to = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at);
            end = end.max(to);
            if from < to {
                let calls = loose_calls(text, from..to);
                self.facts.extend(calls.filter(|fact| seen.binary_search(&fact.span.start).is_err()));
            }
        }
    }
}

/// Bytes of the arguments of a call in broken code.
const LOOSE: usize = 400;

/// Everything in `range` that looks like a call.
fn loose_calls(text: &str, range: Range<usize>) -> impl Iterator<Item = Fact> + '_ {
    let bytes = text.as_bytes();
    let part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:>-".contains(&byte);
    let open = range.clone().filter(move |&at| bytes[at] == b'(');
    open.filter_map(move |at| {
        let length = bytes[range.start..at].iter().rev().take_while(|&&byte| part(byte)).count();
        let name = text.get(at - length..at).filter(|name| !name.is_empty())?;
        let before = text[..at - length].trim_end_matches(' ');
        if ["def", "fn", "func", "function"].iter().any(|word| before.ends_with(word)) {
            return None;
        }
        let most = text.floor_char_boundary(range.end.min(at + LOOSE)).max(at + 1);
        let mut depth = 0i32;
        let closing = bytes[at..most].iter().position(|byte| {
            depth += i32::from(*byte == b'(') - i32::from(*byte == b')');
            depth == 0
        });
        // Without an end, the call ends with its line.
        let line = || text[at..most].find('\n').map_or(most, |end| at + end);
        let end = closing.map_or_else(line, |end| at + end + 1);
        let name = compact(name).replace("->", ".").replace("::", ".");
        Some(Fact { name, arguments: compact(text.get(at..end)?), span: at - length..end, unreached: false })
    })
}

fn parse(parser: &mut Parser, language: Language, text: &str, steps: &mut Steps) -> Option<Tree> {
    parser.reset();
    parser.set_language(&language.grammar()).ok()?;
    let mut step = |_: &ParseState| {
        steps.0 = steps.0.saturating_sub(1);
        if steps.0 == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut step);
    let bytes = text.as_bytes();
    parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or(&[]), None, Some(options))
}

/// The code that a statement keeps from being reached.
fn unreached(node: &Node<'_>, kind: &str, text: &str) -> Option<Range<usize>> {
    match kind {
        "return_statement" | "raise_statement" | "throw_statement" | "break_statement"
        | "continue_statement" => {
            let next = node.next_named_sibling()?;
            // Labels are jumped to, functions may be declared behind.
            let reached = ["label", "case", "default", "function", "class", "else", "comment", "ERROR"];
            let ends = node.parent()?.end_byte();
            (!reached.iter().any(|word| next.kind().contains(word))).then(|| node.end_byte()..ends)
        }
        "if_statement" | "while_statement" => {
            let condition = text.get(node.child_by_field_name("condition")?.byte_range())?;
            let never = matches!(condition.trim_matches(['(', ')', ' ']), "False" | "false" | "0");
            let body =
                node.child_by_field_name("consequence").or_else(|| node.child_by_field_name("body"))?;
            never.then(|| body.byte_range())
        }
        _ => None,
    }
}

fn is_dead(kind: &str) -> bool {
    kind.contains("comment")
        || matches!(
            kind,
            "string"
                | "string_literal"
                | "raw_string_literal"
                | "interpreted_string_literal"
                | "template_string"
                | "encapsed_string"
                | "heredoc"
        )
}

fn fact(node: &Node<'_>, kind: &str, text: &str) -> Option<Fact> {
    let (name, arguments, keyed) = match kind {
        "call"
        | "call_expression"
        | "method_invocation"
        | "function_call_expression"
        | "member_call_expression"
        | "scoped_call_expression" => {
            let arguments = node.child_by_field_name("arguments")?;
            (node.start_byte()..arguments.start_byte(), arguments.byte_range(), false)
        }
        "new_expression" | "object_creation_expression" => {
            let mut walk = node.walk();
            let mut children = node.children(&mut walk);
            let arguments = children.find(|child| child.kind().contains("argument"))?;
            let first = node.child(1)?;
            (first.start_byte()..arguments.start_byte(), arguments.byte_range(), false)
        }
        "assignment" | "assignment_expression" => {
            let (left, right) = (node.child_by_field_name("left")?, node.child_by_field_name("right")?);
            (left.byte_range(), right.byte_range(), true)
        }
        "pair" => {
            let (key, value) = (node.child_by_field_name("key")?, node.child_by_field_name("value")?);
            (key.byte_range(), value.byte_range(), true)
        }
        "keyed_element" | "jsx_attribute" => {
            let (key, value) = (node.named_child(0)?, node.named_child(1)?);
            (key.byte_range(), value.byte_range(), true)
        }
        "include_expression"
        | "include_once_expression"
        | "require_expression"
        | "require_once_expression" => {
            let value = node.named_child(0)?;
            (node.start_byte()..value.start_byte(), value.byte_range(), false)
        }
        _ => return None,
    };
    let mut name = compact(text.get(name)?).replace("->", ".").replace("::", ".");
    if keyed {
        name.push('=');
    }
    Some(Fact { name, arguments: compact(text.get(arguments)?), span: node.byte_range(), unreached: false })
}

fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).take(COMPARED).collect()
}
