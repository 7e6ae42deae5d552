#![no_main]

use libfuzzer_sys::fuzz_target;
use toadstone_seal::oms::Bundle;

// A bundle that is read can be signed over, and says the same when it is read again.
fuzz_target!(|data: &[u8]| {
    if let Ok(bundle) = Bundle::from_bytes(data) {
        assert!(bundle.signed().signed_bytes().starts_with(b"DSSEv1 28 application/vnd.in-toto+json "));
        let _ = bundle.statement().to_bytes();
    }
});
