//! `toadstone export`: a sealed data set in the formats of others.

use std::path::PathBuf;

use toadstone_corpus::write_atomically;
use toadstone_seal::export::{Details, ExportError, ExportFormat};
use toadstone_seal::folder::Folder;

use crate::failure::Failure;
use crate::seals::locate;
use crate::terminal::{self, quoted, tell};
use crate::{EXIT_CODES, Exit};

/// Describe sealed data for catalogues and bills of materials: Croissant, CycloneDX, SPDX
///
/// The description is made of the seal alone, with the digest of every file, the columns and sources that
/// are known, and the newest scan in the seal. The same seal gives the same bytes. Signatures are not
/// checked: `toadstone verify` does that.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// A seal, or data with a seal beside it
    #[arg(value_name = "NAME.seal")]
    seal: PathBuf,

    /// The format
    #[arg(long, value_name = "FORMAT", value_parser = format_parser())]
    format: ExportFormat,

    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// License of the data, as an SPDX expression such as CC-BY-4.0
    #[arg(long, value_name = "EXPRESSION")]
    license: Option<String>,

    /// Address of the data
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// Who made the data
    #[arg(long, value_name = "NAME")]
    creator: Option<String>,

    /// What the data is, in a few words
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = ExportFormat> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    let values = ExportFormat::ALL.map(|f| PossibleValue::new(f.name()).help(f.about()));
    let named = |name: String| ExportFormat::ALL.into_iter().find(|f| f.name() == name).ok_or("unknown");
    PossibleValuesParser::new(values).try_map(named)
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let located = locate(&args.seal, None)?;
    if located.bundle {
        let what = format!("{} is a signature alone; it does not say enough", args.seal.display());
        return Err(Failure::new(what).help("`toadstone seal` makes a seal that can be described"));
    }
    let folder = Folder::read(&located.seal).map_err(Failure::new)?;
    let details = Details {
        license: args.license.clone(),
        url: args.url.clone(),
        creator: args.creator.clone(),
        description: args.description.clone(),
    };
    let bytes = args.format.render(&folder, &details).map_err(|error| match error {
        ExportError::Unbound(_) | ExportError::Scan(_) => {
            Failure::new(error).help("`toadstone verify --require-scan` shows what is wrong with the seal")
        }
        _ => Failure::new(error),
    })?;
    let lacks = args.format.lacks(&details);
    if !lacks.is_empty() {
        let options: Vec<String> = lacks.iter().map(|name| format!("--{name}")).collect();
        tell(&format!(
            "note: {} requires more than a seal knows; add {}\n",
            args.format.name(),
            options.join(", ")
        ));
    }
    match &args.out {
        None => terminal::print(&bytes)?,
        Some(path) => {
            write_atomically(path, |file| file.write_all(&bytes))
                .map_err(|e| Failure::new(format!("cannot write {}: {e}", path.display())))?;
            tell(&format!("wrote {}\nnext: toadstone verify {}\n", quoted(path), quoted(&located.seal)));
        }
    }
    Ok(Exit::Pass)
}
