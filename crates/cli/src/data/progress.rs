//! What a long run shows while it runs.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use toadstone_core::Control;

use crate::terminal::tell;

/// How to show progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// A bar if standard error is a terminal, else nothing
    Auto,
    /// A JSON object a line on standard error, every second
    Json,
    /// Nothing
    None,
}

/// Watches a run from a thread of its own until it is dropped.
pub struct Progress {
    /// Closing it wakes and ends the thread.
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins to watch. `total` is the number of bytes that one pass over the data reads.
    pub fn start(mode: Mode, control: Arc<Control>, total: u64) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let (end, ended) = channel();
        let wait = move |time| ended.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
        let thread = match mode {
            Mode::Auto if terminal => Some(std::thread::spawn(move || bar(&control, total, wait))),
            Mode::Json => Some(std::thread::spawn(move || json(&control, total, wait))),
            _ => None,
        };
        Progress { end: Some(end), thread }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end.take();
        if let Some(thread) = self.thread.take() {
            // A panic of the watcher has been printed and takes nothing from the run.
            let _ = thread.join();
        }
    }
}

/// Draws a bar that begins anew with each pass, as how many there will be depends on the data.
fn bar(control: &Control, total: u64, wait: impl Fn(Duration) -> bool) {
    let bar = ProgressBar::with_draw_target(Some(total.max(1)), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{prefix} [{bar:30}] {msg}") {
        bar.set_style(style.progress_chars("=> "));
    }
    let start = Instant::now();
    while wait(Duration::from_millis(100)) {
        let (records, bytes) = control.progress();
        let (pass, within) = position(bytes, total);
        bar.set_prefix(format!("pass {pass}"));
        bar.set_position(within);
        let speed = bytes as f64 / 1e6 / start.elapsed().as_secs_f64().max(0.001);
        bar.set_message(format!("{} records, {speed:.0} MB/s", grouped(records)));
    }
    bar.finish_and_clear();
}

fn json(control: &Control, total: u64, wait: impl Fn(Duration) -> bool) {
    let start = Instant::now();
    let line = |event: &str| {
        let (records, bytes) = control.progress();
        let (pass, _) = position(bytes, total);
        let seconds = (start.elapsed().as_secs_f64() * 1e3).round() / 1e3;
        let object = serde_json::json!({ "event": event, "pass": pass, "records": records, "bytes": bytes,
            "bytes_per_pass": total, "seconds": seconds });
        tell(&format!("{object}\n"));
    };
    while wait(Duration::from_secs(1)) {
        line("progress");
    }
    line("read");
}

/// The pass under way, counted from 1, and the bytes read in it.
fn position(bytes: u64, total: u64) -> (u64, u64) {
    match total {
        0 => (1, 0),
        _ if bytes > 0 && bytes.is_multiple_of(total) => (bytes / total, total),
        _ => (bytes / total + 1, bytes % total),
    }
}

/// `1234567` as `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_are_counted_by_what_was_read() {
        assert_eq!(position(0, 100), (1, 0));
        assert_eq!(position(100, 100), (1, 100));
        assert_eq!(position(130, 100), (2, 30));
        assert_eq!(position(5, 0), (1, 0));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
