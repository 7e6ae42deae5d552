#![no_main]

use libfuzzer_sys::fuzz_target;
use toadstone_seal::oms::Statement;

// What was signed, without the base64 around it: what is read and written again is the same.
fuzz_target!(|data: &[u8]| {
    let Ok(statement) = Statement::from_bytes(data, 1 << 20) else { return };
    if let Ok(bytes) = statement.to_bytes() {
        assert_eq!(Statement::from_bytes(&bytes, 1 << 20).as_ref(), Ok(&statement));
    }
});
