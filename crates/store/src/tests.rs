//! Objects in memory, read in every way.

use std::io::Read;
use std::sync::Arc;

use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};
use proptest::prelude::*;

use crate::address::Scheme;
use crate::error::{StoreError, explain};
use crate::object::{Object, Stat};
use crate::runtime::wait;
use crate::store::key_path;

/// Bytes of which no two stretches are alike.
fn bytes(length: usize) -> Vec<u8> {
    (0..length as u64)
        .flat_map(|at| at.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes())
        .take(length)
        .collect()
}

fn put(store: &Arc<dyn ObjectStore>, bytes: Vec<u8>) -> Object {
    let path = key_path("a/b").unwrap();
    let meta = wait(async {
        store.put(&path, bytes.into()).await.map_err(|error| explain(&error, Scheme::S3))?;
        store.head(&path).await.map_err(|error| explain(&error, Scheme::S3))
    });
    Object::new(Arc::clone(store), Scheme::S3, path, "s3://x/a/b".to_owned(), Stat::of(&meta.unwrap()))
}

fn in_memory(bytes: Vec<u8>) -> Object {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    put(&store, bytes)
}

#[test]
fn in_order_from_anywhere_to_the_end() {
    for length in [0, 1, 256 << 10, (256 << 10) + 1, 3 << 20, (14 << 20) + 77] {
        let (all, object) = (bytes(length), in_memory(bytes(length)));
        for object in [object.clone(), object.with_head(100 << 10).unwrap()] {
            for start in [0, length / 2, length] {
                let mut read = Vec::new();
                object.reader(start as u64).read_to_end(&mut read).unwrap();
                assert!(read == all[start..], "{length} from {start}: {} bytes", read.len());
            }
        }
    }
}

#[test]
fn another_version_is_noticed_and_not_forgotten() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let object = put(&store, bytes(1000));
    assert_eq!(object.range(0..10).unwrap(), bytes(10));
    assert_eq!(object.look().unwrap(), *object.stat());
    put(&store, bytes(1000));
    assert!(object.look().unwrap() != *object.stat());
    assert_eq!(object.failure(), None);
    assert_eq!(object.range(0..10), Err(StoreError::Changed));
    assert_eq!(object.failure(), Some(&StoreError::Changed));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn here_and_there(ranges in prop::collection::vec((0usize..9 << 20, 0usize..5 << 20), 1..30)) {
        let length = 8 << 20;
        let (all, pages) = (bytes(length), in_memory(bytes(length)).pages());
        for (start, wanted) in ranges {
            let range = start.min(length)..(start + wanted).min(length);
            prop_assert!(pages.bytes(start as u64, wanted).unwrap() == all[range.clone()]);
            let mut read = vec![0; range.len()];
            pages.read_from(range.start as u64).read_exact(&mut read).unwrap();
            prop_assert!(read == all[range]);
        }
    }
}
