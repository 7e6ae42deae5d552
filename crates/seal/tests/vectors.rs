//! Vectors of others: `TOADSTONE_VECTORS=DIR` names a folder with `oms-spec-v1.0`, `model-transparency`
//! and `rfc6962` as their projects publish them. Without it these tests say so and do nothing.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on
#![allow(clippy::print_stderr)] // a test that did nothing says so

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use toadstone_core::Control;
use toadstone_seal::digest::Digest;
use toadstone_seal::keys::{Authorities, PublicKey};
use toadstone_seal::oms::{Bundle, OmsError};
use toadstone_seal::sigstore::{Trusted, TrustedRoot};
use toadstone_seal::tree::{consistency, inclusion};
use toadstone_seal::verify::{Expected, Target, verify};

fn vectors(name: &str) -> Option<PathBuf> {
    match std::env::var_os("TOADSTONE_VECTORS") {
        Some(folder) => Some(Path::new(&folder).join(name)),
        None => {
            eprintln!("skipped: TOADSTONE_VECTORS is not set");
            None
        }
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A hash of 32 bytes; one of any other length is an error of whoever sent it.
fn digest(value: &Value) -> Option<Digest> {
    Some(Digest(STANDARD.decode(value.as_str()?).ok()?.try_into().ok()?))
}

/// A root, which some vectors replace by a text that nobody is to look into: it stands for itself.
fn root(value: &Value) -> Option<Digest> {
    let bytes = STANDARD.decode(value.as_str()?).ok().filter(|bytes| !bytes.is_empty())?;
    Some(bytes.as_slice().try_into().map_or_else(|_| Digest::of(&bytes), Digest))
}

fn digests(value: &Value) -> Option<Vec<Digest>> {
    value.as_array().map_or(Some(Vec::new()), |list| list.iter().map(digest).collect())
}

/// Every vector below a folder: what it wants, and what `check` says.
fn all(folder: &str, check: impl Fn(&Value) -> Option<bool>) {
    let Some(root) = vectors("rfc6962/testdata") else { return };
    let mut found = Vec::new();
    files(&root.join(folder), &mut found);
    assert!(found.len() > 50);
    for path in &found {
        let vector = json(path);
        let good = check(&vector).unwrap_or(false);
        assert_eq!(good, !vector["wantErr"].as_bool().unwrap(), "{}", path.display());
    }
    eprintln!("{} vectors of {folder}", found.len());
}

#[test]
fn inclusion_as_in_rfc_6962() {
    all("inclusion", |v| {
        let (at, size) = (v["leafIdx"].as_u64()?, v["treeSize"].as_u64()?);
        let (leaf, root) = (digest(&v["leafHash"])?, digest(&v["root"])?);
        Some(inclusion::check(&leaf, at, size, &digests(&v["proof"])?, &root).is_ok())
    });
}

#[test]
fn consistency_as_in_rfc_6962() {
    all("consistency", |v| {
        let (old, size) = (v["size1"].as_u64()?, v["size2"].as_u64()?);
        let (was, is) = (root(&v["root1"])?, root(&v["root2"])?);
        Some(consistency::check(old, size, &was, &is, &digests(&v["proof"])?).is_ok())
    });
}

#[test]
fn bundles_of_the_specification() {
    let Some(root) = vectors("oms-spec-v1.0/test-vectors/v1.0") else { return };
    let mut found = Vec::new();
    files(&root, &mut found);
    assert_eq!(found.len(), 8);
    for path in found {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let read = Bundle::from_bytes(&std::fs::read(&path).unwrap());
        match name.as_str() {
            name if name.starts_with("valid/") => drop(read.unwrap()),
            _ => assert!(matches!(read, Err(OmsError::Malformed(_) | OmsError::Json(_))), "{name}: {read:?}"),
        }
    }
}

#[test]
fn signed_directories_of_earlier_releases() {
    let Some(root) = vectors("model-transparency") else { return };
    let keys = root.join("keys/certificate");
    let mut authorities = Authorities::default();
    authorities.add_pem(&std::fs::read(keys.join("ca-cert.pem")).unwrap()).unwrap();
    let key = std::fs::read_to_string(keys.join("signing-key-pub.pem")).unwrap();
    let expected = Expected {
        keys: vec![PublicKey::from_pem(&key).unwrap()],
        authorities,
        sigstore: None,
        threshold: Some(1),
        least_sequence: None,
        longest_age: None,
        at: SystemTime::now(),
        unsigned: vec!["ignore-me".to_owned()],
    };
    let trusted = std::fs::read(root.join("signing-testdata/custom_trust_config.json")).unwrap();
    let trusted = TrustedRoot::from_bytes(&trusted).unwrap();
    let mut valid = 0;
    for entry in std::fs::read_dir(&root).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let signature = folder.join("model.sig");
        let Ok(bytes) = std::fs::read(&signature) else { continue };
        let bundle = match Bundle::from_bytes(&bytes) {
            Ok(bundle) => bundle,
            Err(OmsError::Historical) if name.starts_with("v0.2.0") => continue,
            Err(error) => panic!("{name}: {error}"),
        };
        let single = bundle.statement().resources[0].name == ".";
        let data = if single { folder.join("signme-1") } else { folder };
        let target = Target::Bundle(&bundle, &signature);
        let signer = "stefanb@us.ibm.com".to_owned();
        let issuer = "https://sigstore.verify.ibm.com/oauth2".to_owned();
        let keyless = Trusted { root: trusted.clone(), identity: signer, issuer };
        let sigstore = name.ends_with("sigstore").then_some(keyless);
        let expected = Expected { sigstore, ..expected.clone() };
        let report = verify(&target, &data, &expected, None, 1, &Control::default()).unwrap();
        assert_eq!(report.problems, [], "{name}");
        valid += 1;
    }
    assert_eq!(valid, 12);
}
