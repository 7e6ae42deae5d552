//! Seals for tests.

use std::path::Path;

use toadstone_core::Control;
use toadstone_seal::folder::Folder;
use toadstone_seal::keys::PrivateKey;
use toadstone_seal::make::{Order, make};

/// Seals `data` into the existing folder `seal` with `key`, and reads the seal back.
pub fn sealed(data: &Path, seal: &Path, key: &PrivateKey, temporary: &Path) -> Folder {
    let control = Control::default();
    let order = Order {
        root: data,
        files: None,
        keys: std::slice::from_ref(key),
        certificates: None,
        source_columns: &[],
        label_column: None,
        split_column: None,
        known: None,
        previous: None,
        created: "2026-01-02T03:04:05Z",
        pages: None,
        threads: 2,
        memory: 1 << 20,
        temporary,
        control: &control,
    };
    make(&order, seal).unwrap();
    Folder::read(seal).unwrap()
}
