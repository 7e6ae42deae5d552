//! Which chains of certificates are trusted.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use toadstone_seal::keys::{Authorities, Chain, ChainError, PrivateKey};

fn pem(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// In 2026.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_780_000_000)
}

fn check_at(chain: &[&str], roots: &[&str], at: SystemTime) -> Result<(), ChainError> {
    let chain: String = chain.iter().map(|name| pem(&format!("{name}.pem"))).collect();
    let mut trusted = Authorities::default();
    roots.iter().for_each(|name| trusted.add_pem(pem(&format!("{name}.pem")).as_bytes()).unwrap());
    Chain::from_pem(chain.as_bytes()).unwrap().verify(&trusted, at).map(|_| ())
}

fn check(chain: &[&str], roots: &[&str]) -> Result<(), ChainError> {
    check_at(chain, roots, now())
}

#[test]
fn a_way_to_a_trusted_authority_is_accepted_in_any_order() {
    assert_eq!(check(&["signer", "between"], &["root"]), Ok(()));
    assert_eq!(check(&["signer", "between", "root"], &["root"]), Ok(()));
    assert_eq!(check(&["signer", "root", "stranger", "between"], &["stranger", "root"]), Ok(()));
    assert_eq!(check(&["signer"], &["between"]), Ok(()));
    let key = PrivateKey::from_pem(&pem("signer.key"), None).unwrap();
    assert_eq!(Chain::from_pem(pem("signer.pem").as_bytes()).unwrap().key().unwrap(), key.public());
}

#[test]
fn no_way_is_no_way() {
    let no_way = |chain: &[&str], roots: &[&str]| matches!(check(chain, roots), Err(ChainError::NoWay(_)));
    assert!(no_way(&["signer"], &["root"]), "a step is missing");
    assert!(no_way(&["signer", "between"], &["stranger"]), "another authority of the same name");
    assert!(no_way(&["signer", "between", "root"], &[]), "whoever brings a root along is not trusted for it");
    assert!(no_way(&["signer", "between"], &["signer"]), "a signer is no authority");
    assert!(no_way(&["below", "signer", "between"], &["root"]), "a signer that plays authority");
    assert!(no_way(&["too-long", "low"], &["short"]), "more authorities than the root allows");
}

#[test]
fn times_and_purposes_count() {
    let chain = |leaf| check(&[leaf, "between"], &["root"]);
    assert!(matches!(chain("expired"), Err(ChainError::Time { .. })));
    assert!(matches!(chain("wrong-usage"), Err(ChainError::Purpose(_))));
    assert!(matches!(chain("wrong-purpose"), Err(ChainError::Purpose(_))));
    assert!(matches!(chain("critical"), Err(ChainError::Purpose(_))));
    let at = |year: u64| UNIX_EPOCH + Duration::from_secs((year - 1970) * 31_556_952);
    assert!(check_at(&["signer", "between"], &["root"], at(2024)).is_err());
    assert!(check_at(&["signer", "between"], &["root"], at(2126)).is_err());
    assert!(
        check_at(&["expired", "between"], &["root"], at(2020) + Duration::from_secs(15_000_000)).is_err(),
        "the authority was not there yet"
    );
}

#[test]
fn a_changed_certificate_is_refused() {
    let chain = Chain::from_pem(pem("signer.pem").as_bytes()).unwrap();
    let between = Chain::from_pem(pem("between.pem").as_bytes()).unwrap().to_der().unwrap();
    let good = chain.to_der().unwrap().remove(0);
    let mut trusted = Authorities::default();
    trusted.add_pem(pem("root.pem").as_bytes()).unwrap();
    for at in 0..good.len() {
        let mut der = good.clone();
        der[at] ^= 1;
        let accepted =
            Chain::from_der(&[der, between[0].clone()]).is_ok_and(|c| c.verify(&trusted, now()).is_ok());
        assert!(!accepted, "byte {at}");
    }
}
