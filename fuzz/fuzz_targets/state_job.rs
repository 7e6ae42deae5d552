#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| toadstone_fuzz::job(data));
