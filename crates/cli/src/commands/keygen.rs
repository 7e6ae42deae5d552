//! `toadstone keygen`: a new pair of keys.

use std::path::PathBuf;

use toadstone_seal::keys::{Curve, PrivateKey};

use crate::Exit;
use crate::failure::Failure;
use crate::seals::{Passphrase, write_private, write_public};
use crate::terminal::{self, quoted};

/// Make a pair of keys: one to sign with, one for others to check
///
/// The private key is written to FILE, readable for you only, the public one beside it as FILE with
/// `.pub.pem`. Existing files are never overwritten.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File for the private key
    #[arg(value_name = "FILE", default_value = "toadstone-key.pem")]
    file: PathBuf,

    /// The curve
    #[arg(long, value_name = "CURVE", default_value = "p256", value_parser = curve_parser())]
    curve: Curve,

    /// Encrypt the private key, and ask for a passphrase unless one is given
    #[arg(long)]
    encrypt: bool,

    #[command(flatten)]
    passphrase: Passphrase,
}

fn curve_parser() -> impl clap::builder::TypedValueParser<Value = Curve> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    let names = PossibleValuesParser::new(Curve::ALL.map(Curve::name));
    names.try_map(|name| Curve::ALL.into_iter().find(|curve| curve.name() == name).ok_or("unknown"))
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let public = args.file.with_extension("pub.pem");
    for path in [&args.file, &public] {
        if path.symlink_metadata().is_ok() {
            return Err(Failure::new(format!("{} exists, and keys are never overwritten", path.display()))
                .help("choose another name"));
        }
    }
    let passphrase = match args.encrypt {
        true => Some(args.passphrase.choose(&args.file)?),
        false => args.passphrase.given()?,
    };
    let key = PrivateKey::generate(args.curve).map_err(Failure::new)?;
    write_private(&args.file, &key.to_pem(passphrase.as_deref()).map_err(Failure::new)?)?;
    write_public(&public, &key.public())?;
    let hint = key.public().hint().map_err(Failure::new)?;
    let (file, public) = (quoted(&args.file), quoted(&public));
    terminal::print(format!(
        "private key  {file}, keep it to yourself\npublic key   {public}, give it to whoever is to check\n\
         known as     {hint}\n\nnext:\n  toadstone seal DATA --key {file}\n"
    ))?;
    Ok(Exit::Pass)
}
