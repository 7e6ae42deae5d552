//! A message that points into a file.

use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::read::Mistake;

/// A mistake, or something worth knowing, in a file that the user wrote.
#[derive(Debug)]
pub struct Diagnostic {
    path: PathBuf,
    text: String,
    mistake: Mistake,
    error: bool,
}

impl Diagnostic {
    /// The run cannot go on.
    pub fn error(path: &Path, text: String, mistake: Mistake) -> Self {
        Diagnostic { path: path.to_owned(), text, mistake, error: true }
    }

    /// The run goes on.
    pub fn warning(path: &Path, text: String, mistake: Mistake) -> Self {
        Diagnostic { path: path.to_owned(), text, mistake, error: false }
    }

    /// The message with `file:line:column` and the line underlined.
    pub fn render(&self, color: bool) -> String {
        let level = if self.error { Level::ERROR } else { Level::WARNING };
        let path = self.path.display().to_string();
        let span = self.span();
        let annotation = AnnotationKind::Primary.span(span).label(self.mistake.label.as_str());
        let snippet = Snippet::source(self.text.as_str()).path(path).annotation(annotation);
        let group = level.primary_title(self.mistake.what.as_str()).element(snippet);
        let report = [group.element(Level::HELP.message(self.mistake.help.as_str()))];
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&report)
    }

    /// The span, never empty where there is something to underline, and on character boundaries.
    fn span(&self) -> std::ops::Range<usize> {
        let text = self.text.as_str();
        let mut start = self.mistake.span.start.min(text.len());
        if start == text.trim_end().len().max(1) && start == self.mistake.span.end {
            start -= 1;
        }
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = self.mistake.span.end.clamp(start, text.len());
        if end == start {
            end = (start + 1).min(text.len());
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        start..end
    }
}
