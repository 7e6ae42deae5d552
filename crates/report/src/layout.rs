//! Lines of a terminal: wrapping by display width, and colour.

use std::io;

use unicode_width::UnicodeWidthChar;

use crate::Style;
use crate::shown::{self, Cell};

/// A look. The numbers are ANSI select-graphic-rendition codes; the 16 colours follow the user's theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Bold,
    Faint,
    Red,
    Yellow,
    Blue,
    Green,
    Mark,
    Code,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Ink::Plain => "",
            Ink::Bold => "1",
            Ink::Faint => "2",
            Ink::Red => "1;31",
            Ink::Yellow => "1;33",
            Ink::Blue => "34",
            Ink::Green => "1;32",
            // Reverse video shows on any theme, and shows marked spaces too.
            Ink::Mark => "1;7",
            Ink::Code => "36",
        }
    }
}

/// Characters with their looks: one logical line, not yet wrapped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line(Vec<(char, Ink)>);

impl Line {
    /// A line of our own words (or of hostile text that went through `visible`).
    pub(crate) fn new(text: &str) -> Self {
        Line::default().with(text, Ink::Plain)
    }

    /// The line with more text in one look.
    pub(crate) fn with(mut self, text: &str, ink: Ink) -> Self {
        self.0.extend(text.chars().map(|c| (c, ink)));
        self
    }

    /// The line with hostile text, cut to `limit` characters.
    pub(crate) fn quote(self, text: &str, limit: usize) -> Self {
        self.with(&format!("\"{}\"", shown::plain(text, limit)), Ink::Code)
    }

    /// The line with a sample's text: marks are reversed, or in brackets where there is no colour.
    pub(crate) fn sample(mut self, cells: &[Cell], style: Style) -> Self {
        let mut marked = false;
        for cell in cells {
            if cell.marked != marked && !style.color {
                self = self.with(if marked { "]]" } else { "[[" }, Ink::Plain);
            }
            marked = cell.marked;
            let ink = match (cell.marked, cell.escape) {
                (true, _) => Ink::Mark,
                (false, 0) => Ink::Plain,
                (false, _) => Ink::Yellow,
            };
            self.0.push((cell.c, ink));
        }
        if marked && !style.color { self.with("]]", Ink::Plain) } else { self }
    }

    fn width(cells: &[(char, Ink)]) -> usize {
        cells.iter().map(|(c, _)| c.width().unwrap_or(0)).sum()
    }

    /// Columns that the line takes.
    pub(crate) fn columns(&self) -> usize {
        Line::width(&self.0)
    }

    /// Cut into lines of at most `width` columns, at spaces where there are any.
    fn wrapped(&self, width: usize) -> Vec<&[(char, Ink)]> {
        let mut out = Vec::new();
        let mut rest = &self.0[..];
        loop {
            let mut used = 0;
            let fits = rest
                .iter()
                .take_while(|(c, _)| {
                    used += c.width().unwrap_or(0);
                    used <= width
                })
                .count()
                .max(1);
            if fits >= rest.len() {
                break;
            }
            // The space that ends a line may stand just beyond it.
            let space = rest[..=fits].iter().rposition(|(c, _)| *c == ' ').filter(|&i| i > 0);
            let (line, after) = space.map_or((fits, fits), |i| (i, i + 1));
            out.push(&rest[..line]);
            rest = &rest[after..];
        }
        out.push(rest);
        out
    }
}

/// Writes lines to a terminal.
pub(crate) struct Page<'a> {
    out: &'a mut dyn io::Write,
    style: Style,
}

impl<'a> Page<'a> {
    pub(crate) fn new(out: &'a mut dyn io::Write, style: Style) -> Self {
        Page { out, style: Style { width: style.width.max(40), ..style } }
    }

    pub(crate) fn style(&self) -> Style {
        self.style
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    /// A line that begins at column `indent`; so do the lines it is wrapped to.
    pub(crate) fn line(&mut self, indent: usize, line: &Line) -> io::Result<()> {
        self.labelled(indent, &Line::default(), line)
    }

    /// A line with something in the margin before it.
    pub(crate) fn labelled(&mut self, indent: usize, label: &Line, line: &Line) -> io::Result<()> {
        let width = self.style.width.saturating_sub(indent).max(20);
        for (i, part) in line.wrapped(width).into_iter().enumerate() {
            let used = if i == 0 { label.columns() } else { 0 };
            if i == 0 {
                self.ink(&label.0)?;
            }
            if !part.is_empty() {
                write!(self.out, "{:1$}", "", indent.saturating_sub(used))?;
            }
            self.ink(part)?;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// A line that stays whole, however long it is.
    pub(crate) fn unwrapped(&mut self, indent: usize, label: &Line, line: &Line) -> io::Result<()> {
        self.ink(&label.0)?;
        write!(self.out, "{:1$}", "", indent.saturating_sub(label.columns()))?;
        self.ink(&line.0)?;
        self.gap()
    }

    fn ink(&mut self, cells: &[(char, Ink)]) -> io::Result<()> {
        for run in cells.chunk_by(|a, b| a.1 == b.1) {
            let text: String = run.iter().map(|(c, _)| c).collect();
            match run[0].1.code() {
                code if self.style.color && !code.is_empty() => {
                    write!(self.out, "\x1b[{code}m{text}\x1b[0m")?
                }
                _ => self.out.write_all(text.as_bytes())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize, text: &str) -> String {
        let mut out = Vec::new();
        Page::new(&mut out, Style { color: false, width }).line(2, &Line::new(text)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn wraps_at_spaces_and_cuts_long_words() {
        let text = format!("some words then {} end", "x".repeat(90));
        assert!(page(40, &text).lines().all(|l| l.chars().count() <= 40));
        let wide = page(40, &"安全".repeat(40));
        assert!(wide.lines().all(|l| l.starts_with("  ") && l.chars().count() <= 21), "{wide}");
        assert_eq!(page(40, ""), "\n");
    }
}
