//! The attestation of a run in the seal of its data.

use std::path::{Path, PathBuf};

use toadstone_core::{Attested, Policy, Run};
use toadstone_corpus::Corpus;
use toadstone_detect::registry;
use toadstone_seal::attest::{
    AttestError, Chain, Covered, LeftOut, ScanClaim, Scanned, append, cover, file_name, sealed_name,
    sign_scan,
};
use toadstone_seal::digest::Digest;
use toadstone_seal::folder::Folder;
use toadstone_seal::keys::{Chain as Certificates, PrivateKey};

use crate::data::{Data, MESSAGE, Settings};
use crate::failure::Failure;
use crate::seals::{Passphrase, certificates, locate, note_scan, now};
use crate::terminal::{quoted, tell};

/// The seal that the verdict is written into, and the key.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SealArgs {
    /// Seal of the data, into which the verdict is written, signed: `verify --require-scan` insists on it
    #[arg(long, value_name = "NAME.seal", requires = "key")]
    seal: Option<PathBuf>,

    /// Private key to sign the verdict with, in PEM; may be repeated for several signatures
    #[arg(long, value_name = "FILE", requires = "seal")]
    key: Vec<PathBuf>,

    #[command(flatten)]
    passphrase: Passphrase,

    /// Certificates of the first key, its own first, in PEM; may be repeated
    #[arg(long, value_name = "FILE", requires = "seal")]
    certificate: Vec<PathBuf>,
}

/// A seal to write the verdict into. The data is what was sealed.
pub struct Attesting {
    folder: Folder,
    keys: Vec<PrivateKey>,
    /// Where `keygen` puts the public keys.
    public: Vec<PathBuf>,
    certificates: Option<Certificates>,
    /// The newest attestation so far.
    newest: Option<(u64, Digest)>,
    /// The files that can be read, in the order of the corpus.
    covered: Vec<Covered>,
    /// Sealed files that are no data, by name.
    left_out: Vec<LeftOut>,
}

impl Attesting {
    /// Makes sure, before anything is scanned, that the verdict can be written down: a sound seal, keys,
    /// and data that is what was sealed. `None` if no seal was named.
    ///
    /// # Errors
    /// Something of that is not so.
    pub fn prepare(
        args: &SealArgs,
        data: &Data,
        corpus: &Corpus,
        settings: &Settings<'_>,
    ) -> Result<Option<Attesting>, Failure> {
        let Some(named) = &args.seal else { return Ok(None) };
        refuse_part(data)?;
        let located = locate(named, None)?;
        if located.bundle {
            let what = format!("{} is a signature alone, with no place for a verdict", named.display());
            return Err(Failure::new(what).help("`toadstone seal` makes a seal that has one"));
        }
        let folder = Folder::read(&located.seal).map_err(Failure::new)?;
        let bound = folder.bundle.statement().claim.as_ref();
        if bound.is_none_or(|claim| claim.seal != Digest::of(&folder.manifest_bytes)) {
            return Err(failure(AttestError::Unbound));
        }
        let keys = args.key.iter().map(|path| args.passphrase.open(path)).collect::<Result<_, _>>()?;
        let chain = Chain::read(&folder).map_err(Failure::new)?;
        if let Some(problem) = chain.problems.into_iter().next() {
            return Err(failure(AttestError::Chain(problem)));
        }
        let readable = corpus.inputs().into_iter().filter(|input| input.error.is_none());
        let paths: Vec<PathBuf> = readable.map(|input| PathBuf::from(input.name)).collect();
        let threads = data.scan_options(settings.temporary).threads;
        let covered = cover(&folder, &located.data_of(&folder), &paths, threads, settings.control);
        let covered = covered.and_then(|files| files.into_iter().collect()).map_err(failure)?;
        let newest = chain.newest.map(|link| (link.claim.number, link.digest));
        let certificates = certificates(&args.certificate)?;
        let left_out = left_out(&folder, &located.data_of(&folder), data, corpus);
        let public = args.key.iter().map(|key| key.with_extension("pub.pem")).collect();
        Ok(Some(Attesting { folder, keys, public, certificates, newest, covered, left_out }))
    }

    /// Signs what came of the run, and notes in the run where that will stand.
    ///
    /// # Errors
    /// The data was changed while it was read, or the key cannot sign.
    pub fn sign(self, run: &mut Run, policy: &Policy) -> Result<Attestation, Failure> {
        let readable = run.inputs.iter().filter(|input| input.error.is_none());
        for (input, covered) in readable.zip(&self.covered) {
            if covered.xxh3.is_none_or(|digest| format!("{digest:032x}") != input.digest) {
                let (path, name) = (PathBuf::from(&input.name), covered.name.clone());
                return Err(failure(AttestError::Changed { path, name }));
            }
        }
        let mut findings = Vec::new();
        toadstone_report::json::write_findings(run, &mut findings).map_err(Failure::new)?;
        let (folder, covered) = (&self.folder, &self.covered);
        let claim = ScanClaim::of(Scanned {
            run,
            policy,
            folder,
            covered,
            left_out: &self.left_out,
            findings: &findings,
            previous: self.newest,
            created: now()?,
        });
        let claim = claim.map_err(Failure::new)?;
        let bytes = sign_scan(&claim, folder, &self.keys, self.certificates.as_ref());
        let bytes = bytes.map_err(|error| failure(AttestError::Sign(error)))?;
        let manifest = &folder.manifest;
        run.attested = Some(Attested {
            seal: folder.path.display().to_string(),
            file: file_name(claim.number),
            series: manifest.series.clone(),
            sequence: manifest.sequence,
            root: manifest.root.to_string(),
            sealed: manifest.files.len() as u64,
            scanned: covered.len() as u64,
        });
        let keys: String =
            self.public.iter().map(|key| format!(" --key {}", quoted(key))).collect::<Vec<_>>().concat();
        run.next.push(format!("toadstone verify {}{keys} --require-scan", quoted(&folder.path)));
        Ok(Attestation { folder: self.folder, claim, bytes })
    }
}

/// A signed attestation that is not in its place yet.
pub struct Attestation {
    folder: Folder,
    claim: ScanClaim,
    bytes: Vec<u8>,
}

impl Attestation {
    /// Puts it into the seal.
    ///
    /// # Errors
    /// The seal was changed meanwhile, or cannot be written to.
    pub fn append(self) -> Result<(), Failure> {
        append(&self.folder, &self.claim, &self.bytes).map_err(failure)?;
        let place = quoted(&self.folder.path.join(file_name(self.claim.number)));
        tell(&format!("signed the verdict `{}` into {place}\n", self.claim.verdict.name()));
        note_scan(&self.folder, self.claim.number, Digest::of(&self.bytes))
    }
}

/// The sealed files in scanned folders that the reader took for no data, by name.
fn left_out(folder: &Folder, root: &Path, data: &Data, corpus: &Corpus) -> Vec<LeftOut> {
    let skipped = corpus.skipped().iter().filter_map(|skipped| {
        let name = sealed_name(folder, root, Path::new(&skipped.name))?.to_owned();
        Some(LeftOut { name, why: skipped.why.to_owned() })
    });
    let full = |path: &String| Path::new(path).canonicalize().ok().filter(|path| path.is_dir());
    let folders: Vec<PathBuf> = data.paths.iter().filter_map(full).collect();
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let hidden = folder.manifest.files.iter().filter(|file| {
        let path = root.join(&file.name);
        folders.iter().any(|folder| path.strip_prefix(folder).is_ok_and(is_hidden))
    });
    let hidden = hidden.map(|file| LeftOut { name: file.name.clone(), why: "hidden".to_owned() });
    let mut all: Vec<LeftOut> = skipped.chain(hidden).collect();
    all.sort();
    all.dedup_by(|a, b| a.name == b.name);
    all
}

fn is_hidden(path: &Path) -> bool {
    path.iter().any(|part| part.as_encoded_bytes().starts_with(b"."))
}

/// Whoever reads a verdict takes it for that of all detectors. What the policy switches off is in the
/// policy, with its reason; what a command line leaves out is nowhere.
fn refuse_part(data: &Data) -> Result<(), Failure> {
    let off = registry().iter().find_map(|detector| data.unwanted(detector.card().name));
    match off {
        None => Ok(()),
        Some(_) => Err(Failure::new("a verdict of some detectors is not written into a seal")
            .help("leave `--only` and `--skip` out; `skip` in toadstone.toml switches detectors off, with the reason")),
    }
}

fn failure(error: AttestError) -> Failure {
    let help = match &error {
        AttestError::Interrupted => return Failure::new(MESSAGE),
        AttestError::NotSealed(_) | AttestError::Changed { .. } => {
            "`toadstone verify` shows what differs; `toadstone seal` seals the data as it is now"
        }
        AttestError::Unbound | AttestError::Chain(_) => {
            "somebody changed the seal; `toadstone verify` shows what, and sealing again begins anew"
        }
        AttestError::Overtaken => "scan again",
        _ => return Failure::new(error),
    };
    Failure::new(error).help(help)
}
