#![no_main]

use libfuzzer_sys::fuzz_target;
use toadstone_seal::manifest::Manifest;
use toadstone_seal::verify::Pins;

// What is read and written again is the same.
fuzz_target!(|data: &[u8]| {
    if let Ok(manifest) = Manifest::from_bytes(data) {
        let again = manifest.to_bytes().ok().and_then(|bytes| Manifest::from_bytes(&bytes).ok());
        assert_eq!(again.as_ref(), Some(&manifest));
    }
    let _ = Pins::from_bytes(data);
});
