//! Standard output and standard error.

use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};
use std::path::Path;

use crate::failure::Failure;

/// When to print in colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Whether standard output is to be coloured.
    pub fn on_stdout(self) -> bool {
        self.on(stdout().is_terminal())
    }

    /// Whether standard error is to be coloured.
    pub fn on_stderr(self) -> bool {
        self.on(stderr().is_terminal())
    }

    fn on(self, terminal: bool) -> bool {
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
            }
        }
    }
}

/// Prints to standard output. A reader that went away (`toadstone ... | head`) is not an error.
///
/// # Errors
/// The text could not be written for another reason, such as a full disk.
pub fn print(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write to standard output: {e}")))
        }
        _ => Ok(()),
    }
}

/// Prints to standard error, where nothing can be done if that fails.
pub fn tell(text: &str) {
    let _ = stderr().lock().write_all(text.as_bytes());
}

/// Columns of the terminal that standard output is, or a width that suits a file.
pub fn width() -> usize {
    terminal_size::terminal_size_of(stdout()).map_or(100, |(columns, _)| usize::from(columns.0))
}

/// The program that opens a page in a browser.
pub const OPEN: &str = if cfg!(target_os = "macos") {
    "open"
} else if cfg!(windows) {
    "start"
} else {
    "xdg-open"
};

/// A path, or an address without what is secret, as it has to be typed in a shell.
pub fn quoted(path: &Path) -> String {
    let text = toadstone_store::shown(&path.to_string_lossy());
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:=@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_for_a_shell() {
        assert_eq!(quoted(Path::new("data/a-b.csv")), "data/a-b.csv");
        assert_eq!(quoted(Path::new("it's here")), r"'it'\''s here'");
        assert_eq!(quoted(Path::new("*.csv")), "'*.csv'");
    }
}
