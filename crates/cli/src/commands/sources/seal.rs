//! Which files a seal vouches for.

use std::path::{Path, PathBuf};

use toadstone_core::{Control, FileStanding, Ledger, SealAccount, Standing};
use toadstone_corpus::Corpus;
use toadstone_seal::attest::{AttestError, Covered, cover};
use toadstone_seal::digest::Digest;
use toadstone_seal::folder::Folder;
use toadstone_seal::verify::{Report, verify_signatures};

use crate::data::{Data, MESSAGE};
use crate::failure::Failure;
use crate::seals::{Trust, locate};

/// The seal to compare with, and whom to trust.
#[derive(Debug, clap::Args)]
pub struct SealArgs {
    /// Seal to compare with: which files and records it vouches for, and how many say where they come from
    #[arg(long, value_name = "NAME.seal")]
    provenance: Option<PathBuf>,

    #[command(flatten)]
    trust: Trust,
}

/// A comparison of the files, made before they are read.
pub struct Compared {
    /// What the report says.
    pub account: SealAccount,
    /// For each file, what it was if it is what was sealed.
    covered: Vec<Option<Covered>>,
}

impl SealArgs {
    /// The seal that was named.
    pub fn named(&self) -> Option<&Path> {
        self.provenance.as_deref()
    }

    /// Compares the files with those that were sealed; `None` if no seal was named.
    ///
    /// # Errors
    /// The seal is no good, or nobody who is trusted signed it.
    pub fn compare(
        &self,
        data: &Data,
        corpus: &Corpus,
        temporary: &Path,
        control: &Control,
    ) -> Result<Option<Compared>, Failure> {
        let Some(named) = &self.provenance else { return Ok(None) };
        let located = locate(named, None)?;
        if located.bundle {
            return Err(Failure::new(format!("{} is a signature alone", named.display()))
                .help("`--provenance` needs a seal that `toadstone seal` made"));
        }
        let folder = Folder::read(&located.seal).map_err(Failure::new)?;
        let signers = self.signers(&folder)?;
        let paths: Vec<PathBuf> = corpus.names().into_iter().map(PathBuf::from).collect();
        let threads = data.scan_options(temporary).threads;
        let compared = cover(&folder, &located.data_of(&folder), &paths, threads, control);
        let compared = compared.map_err(|error| match error {
            AttestError::Interrupted => Failure::new(MESSAGE),
            other => Failure::new(other),
        })?;
        Ok(Some(Compared::of(&folder, corpus, compared, signers)))
    }

    /// How many who are trusted signed the seal; `None` if nothing says who is trusted.
    fn signers(&self, folder: &Folder) -> Result<Option<u64>, Failure> {
        let changed = |what: &str| {
            Failure::new(format!("the seal {} cannot be relied on: {what}", folder.path.display()))
                .help("`toadstone verify` shows what is wrong with it")
        };
        let claim = folder.bundle.statement().claim.as_ref();
        if claim.is_none_or(|claim| claim.seal != Digest::of(&folder.manifest_bytes)) {
            return Err(changed("seal.json is not the one that was signed"));
        }
        if !self.trust.is_given()? {
            return Ok(None);
        }
        let mut report = Report::default();
        verify_signatures(folder.bundle.signed(), &self.trust.expected(&[])?, &mut report);
        match report.problems.first() {
            Some(problem) => Err(changed(&problem.to_string())),
            None => Ok(Some(report.signers.len() as u64)),
        }
    }
}

impl Compared {
    fn of(
        folder: &Folder,
        corpus: &Corpus,
        compared: Vec<Result<Covered, AttestError>>,
        signers: Option<u64>,
    ) -> Compared {
        let manifest = &folder.manifest;
        let standing = |compared: &Result<Covered, AttestError>| match compared {
            Ok(_) => Standing::Sealed,
            Err(AttestError::Changed { .. }) => Standing::Changed,
            Err(_) => Standing::NotSealed,
        };
        let files = corpus.names().into_iter().zip(&compared);
        let files =
            files.map(|(file, compared)| FileStanding { file, standing: standing(compared), records: 0 });
        let there = |name: &str| {
            compared.iter().any(|compared| match compared {
                Ok(Covered { name: there, .. }) | Err(AttestError::Changed { name: there, .. }) => {
                    there == name
                }
                Err(_) => false,
            })
        };
        let missing = manifest.files.iter().filter(|file| file.records.is_some() && !there(&file.name));
        let account = SealAccount {
            seal: folder.path.display().to_string(),
            series: manifest.series.clone(),
            sequence: manifest.sequence,
            created: manifest.created.clone(),
            signers,
            files: files.collect(),
            missing: missing.map(|file| file.name.clone()).collect(),
        };
        Compared { account, covered: compared.into_iter().map(Result::ok).collect() }
    }

    /// Adds what is known after the files were read.
    ///
    /// # Errors
    /// A file was changed while it was read.
    pub fn complete(self, ledger: &mut Ledger, corpus: &Corpus) -> Result<(), Failure> {
        let inputs = corpus.inputs();
        for (input, covered) in inputs.iter().zip(&self.covered) {
            let other = |covered: &Covered| covered.xxh3.is_none_or(|d| format!("{d:032x}") != input.digest);
            if input.error.is_none() && covered.as_ref().is_some_and(other) {
                return Err(Failure::new(format!("{} changed while it was read", input.name)));
            }
        }
        let Some(provenance) = &mut ledger.provenance else { return Ok(()) };
        for (file, input) in provenance.seal.files.iter_mut().zip(&inputs) {
            file.records = input.records;
        }
        if provenance.seal.signers.is_none() {
            ledger.not_checked.push(
                "whose seal it is: no key says who is trusted (`--key`, or `[seal]` in toadstone.toml)"
                    .to_owned(),
            );
        }
        Ok(())
    }
}
