#![no_main]

use libfuzzer_sys::fuzz_target;
use toadstone_seal::digest::Digest;
use toadstone_seal::oms::{RecordsClaim, Resource, SealClaim, Statement};
use toadstone_seal::prove::{Proof, check};

// No proof that is made up holds: nobody knows the leaves under these roots.
fuzz_target!(|data: &[u8]| {
    let Ok(proof) = Proof::from_bytes(data) else { return };
    assert_eq!(proof.to_bytes().ok().and_then(|bytes| Proof::from_bytes(&bytes).ok()).as_ref(), Some(&proof));
    let root = Digest::of(b"nobody knows what is under this");
    let records = RecordsClaim { records: 1000, ordered: root, sorted: root };
    let claim = SealClaim {
        seal: root,
        root: proof.root,
        series: proof.series.clone(),
        sequence: proof.sequence,
        previous: None,
        created: String::new(),
    };
    let resource = Resource { name: "a".to_owned(), digest: root, records: Some(records) };
    let statement = Statement {
        name: "a".to_owned(),
        resources: vec![resource],
        ignored: Vec::new(),
        claim: Some(claim),
    };
    assert!(check(&proof, &statement, None).is_err());
});
