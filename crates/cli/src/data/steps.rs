//! What work that goes step by step shows while it runs.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Mode;
use crate::terminal::tell;

/// Tells how many steps are done; nothing is shown any more when it is dropped.
pub struct Steps {
    json: bool,
    what: &'static str,
    bar: Option<ProgressBar>,
}

impl Steps {
    /// `what` are the steps, in the plural.
    pub fn start(mode: Mode, what: &'static str) -> Steps {
        let drawn = matches!(mode, Mode::Auto) && std::io::stderr().is_terminal();
        let bar = drawn.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("[{bar:30}] {pos} of {len} {msg}, {eta} to go") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_message(what);
            bar
        });
        Steps { json: matches!(mode, Mode::Json), what, bar }
    }

    /// So many of so many are done. May be called from several threads.
    pub fn done(&self, done: usize, all: usize) {
        if let Some(bar) = &self.bar {
            bar.set_length(all as u64);
            bar.set_position(bar.position().max(done as u64));
        }
        if self.json {
            tell(&format!(
                "{}\n",
                serde_json::json!({ "event": "progress", "what": self.what, "done": done, "of": all })
            ));
        }
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
