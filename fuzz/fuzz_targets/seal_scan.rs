#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = toadstone_seal::attest::ScanClaim::from_bytes(data);
    let _ = toadstone_seal::attest::SeenScans::from_bytes(data);
});
