//! Files of keys, and the passphrases that open them.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use toadstone_seal::keys::{Chain, KeyError, PrivateKey, PublicKey};

use super::read_text;
use crate::failure::Failure;

/// Where the passphrase of a key comes from.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Passphrase {
    /// File whose first line is the passphrase of the key
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,

    /// Environment variable that holds the passphrase of the key
    #[arg(long, value_name = "NAME", conflicts_with = "passphrase_file")]
    passphrase_env: Option<String>,
}

impl Passphrase {
    /// The passphrase, if the command line says where it is.
    ///
    /// # Errors
    /// It is not there, or empty.
    pub fn given(&self) -> Result<Option<String>, Failure> {
        let passphrase = match (&self.passphrase_file, &self.passphrase_env) {
            (Some(path), _) => read_text(path)?.lines().next().unwrap_or_default().to_owned(),
            (_, Some(name)) => std::env::var(name)
                .map_err(|_| Failure::new(format!("the environment variable {name} is not set")))?,
            (None, None) => return Ok(None),
        };
        if passphrase.is_empty() {
            Err(Failure::new("the passphrase is empty"))
        } else {
            Ok(Some(passphrase))
        }
    }

    /// Reads a private key; asks for the passphrase if it needs one and none was given.
    ///
    /// # Errors
    /// The file or the passphrase is wrong.
    pub fn open(&self, path: &Path) -> Result<PrivateKey, Failure> {
        let pem = read_text(path)?;
        let wrong = |error: KeyError| Failure::new(format!("{}: {error}", path.display()));
        match PrivateKey::from_pem(&pem, self.given()?.as_deref()) {
            Err(KeyError::Encrypted) => {
                let passphrase = ask(&format!("Passphrase of {}: ", path.display()))?;
                PrivateKey::from_pem(&pem, Some(&passphrase)).map_err(wrong)
            }
            other => other.map_err(wrong),
        }
    }

    /// The passphrase for a new key: the given one, or one that is typed twice.
    ///
    /// # Errors
    /// It cannot be asked for, or the two differ.
    pub fn choose(&self, path: &Path) -> Result<String, Failure> {
        if let Some(given) = self.given()? {
            return Ok(given);
        }
        let first = ask(&format!("Passphrase for {}: ", path.display()))?;
        if first.is_empty() {
            return Err(Failure::new("the passphrase is empty")
                .help("without `--encrypt` the key is written as it is"));
        }
        match ask("The same again: ")? == first {
            true => Ok(first),
            false => Err(Failure::new("the two passphrases differ")),
        }
    }
}

fn ask(prompt: &str) -> Result<String, Failure> {
    rpassword::prompt_password(prompt).map_err(|e| {
        Failure::new(format!("the key is encrypted, and its passphrase cannot be asked for: {e}"))
            .help("`--passphrase-file FILE` or `--passphrase-env NAME` says where it is")
    })
}

/// Reads the certificates of a key, its own first; `None` without files.
///
/// # Errors
/// A file cannot be read, or holds no certificate.
pub fn certificates(paths: &[PathBuf]) -> Result<Option<Chain>, Failure> {
    if paths.is_empty() {
        return Ok(None);
    }
    let pem: Vec<String> = paths.iter().map(|path| read_text(path)).collect::<Result<_, _>>()?;
    Chain::from_pem(pem.join("\n").as_bytes()).map(Some).map_err(Failure::new)
}

/// Writes a private key that only its owner can read. An existing file is left alone.
///
/// # Errors
/// The file exists or cannot be written.
pub fn write_private(path: &Path, pem: &str) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    put(path, options.open(path), pem)
}

/// Writes a public key. An existing file is left alone.
///
/// # Errors
/// The file exists or cannot be written.
pub fn write_public(path: &Path, key: &PublicKey) -> Result<(), Failure> {
    let pem = key.to_pem().map_err(Failure::new)?;
    put(path, File::create_new(path), &pem)
}

fn put(path: &Path, file: io::Result<File>, text: &str) -> Result<(), Failure> {
    let written = file.and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::new(format!("{} exists, and keys are never overwritten", path.display()))
                .help("choose another name; who loses a key can never sign the same series again")
        }
        _ => Failure::new(format!("cannot write {}: {e}", path.display())),
    })
}
