//! `toadstone verify-proof`: whether a proof about a record holds.

use std::path::PathBuf;

use toadstone_core::visible;
use toadstone_seal::folder::{Folder, FolderError, SIGNATURE, read_bundle};
use toadstone_seal::prove::{Claim, Proof, check};
use toadstone_seal::verify::{Report, verify_signatures};

use crate::failure::Failure;
use crate::seals::Trust;
use crate::terminal;
use crate::{EXIT_CODES, Exit};

/// Check a proof about a record, with the seal's signature and without the data
///
/// Exit code 0: it holds; 1: it does not; 2: it could not be checked.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// What `toadstone prove` wrote
    #[arg(value_name = "PROOF")]
    proof: PathBuf,

    /// A seal, or its `seal.sig`
    #[arg(value_name = "SEAL")]
    seal: PathBuf,

    #[command(flatten)]
    trust: Trust,

    /// File that holds the record's content and nothing else, to see that the proof is about it
    #[arg(long, value_name = "FILE")]
    content: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let expected = args.trust.expected(&[])?;
    let read = |path: &PathBuf| {
        std::fs::read(path).map_err(|e| Failure::new(format!("cannot read {}: {e}", path.display())))
    };
    let proof = read(&args.proof)?;
    let content = args.content.as_ref().map(read).transpose()?;
    let path = if Folder::is_at(&args.seal) { args.seal.join(SIGNATURE) } else { args.seal.clone() };
    let bundle = match read_bundle(&path) {
        Ok((_, bundle)) => bundle,
        Err(error @ FolderError::Read { .. }) => return Err(Failure::new(error)),
        Err(error) if error.could_not_check() => return Err(Failure::new(error)),
        Err(error) => return refuted(&[error.to_string()]),
    };
    let mut report = Report::default();
    verify_signatures(bundle.signed(), &expected, &mut report);
    let mut problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    let proof = match Proof::from_bytes(&proof) {
        Ok(proof) => proof,
        Err(error) => {
            problems.push(format!("{}: {error}", args.proof.display()));
            return refuted(&problems);
        }
    };
    let shown = match check(&proof, bundle.statement(), content.as_deref()) {
        Ok(shown) if problems.is_empty() => shown,
        Ok(_) => return refuted(&problems),
        Err(error) => {
            problems.push(error.to_string());
            return refuted(&problems);
        }
    };
    let mut text = String::from("HOLDS  ");
    match &proof.claim {
        Claim::Present(p) => {
            text += &format!("Row {} of {} is in the sealed data.\n\n", p.row, visible(&p.file));
            text += &format!("    content    {} ({} bytes)\n", p.content, p.length);
            let said = [("label", p.meta.label.as_deref()), ("split", p.meta.split.as_deref())];
            let sources = p.meta.source.iter().map(|source| ("source", source.as_deref()));
            for (name, value) in said.into_iter().chain(sources) {
                text +=
                    &value.map(|value| format!("    {name:<9}  {}\n", visible(value))).unwrap_or_default();
            }
        }
        Claim::Absent(a) => {
            text += &format!("No record of the sealed data has the content {}.\n\n", a.content);
            text += &format!("    covers     all {} files with records\n", shown.files);
            if shown.without_records > 0 {
                text +=
                    &format!("    not known  {} files that were sealed as a whole\n", shown.without_records);
            }
        }
    }
    text += &format!("    seal       {} of series {}\n", proof.sequence, visible(&proof.series));
    terminal::print(text)?;
    Ok(Exit::Pass)
}

fn refuted(problems: &[String]) -> Result<Exit, Failure> {
    let lines: Vec<String> = problems.iter().map(|problem| format!("  ✗ {}\n", visible(problem))).collect();
    terminal::print(format!("DOES NOT HOLD\n\n{}", lines.concat()))?;
    Ok(Exit::PolicySaysNo)
}
