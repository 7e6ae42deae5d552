//! Writes reports of made-up runs into a folder: `cargo run --example showcase -- DIR`.
//!
//! The browser test opens them, and so can anybody who changes the page.

#[path = "../tests/fixtures/mod.rs"]
mod fixtures;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use toadstone_report::{Context, Format, Style};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).unwrap_or_else(|| "showcase".into()));
    std::fs::create_dir_all(&folder)?;
    let runs = [
        ("realistic", fixtures::realistic()),
        ("hostile", fixtures::hostile()),
        ("clean", fixtures::clean()),
        ("nothing", fixtures::nothing()),
        ("large", fixtures::large(5000)),
        ("beyond", fixtures::large(5001)),
    ];
    let context = Context { pages: &|_| None, style: Style::default() };
    for (name, run) in runs {
        let mut out = BufWriter::new(File::create(folder.join(format!("{name}.html")))?);
        Format::Html.render(&run, &context, &mut out)?;
        out.flush()?;
    }
    Ok(())
}
