//! The container file: what it names exists, and its compiler is ours.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

use std::path::Path;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(name)).unwrap()
}

#[test]
fn the_image_builds_with_the_compiler_of_this_repository() {
    let toolchain = read("rust-toolchain.toml");
    let channel =
        toolchain.lines().find_map(|line| line.strip_prefix("channel = ")).unwrap().trim_matches('"');
    let file = read("Containerfile");
    for line in
        [format!("FROM docker.io/library/rust:{channel}-"), format!("ENV RUSTUP_TOOLCHAIN={channel}\n")]
    {
        assert!(file.contains(&line), "the Containerfile needs {line:?}");
    }
}

#[test]
fn the_image_is_pinned_and_has_no_rights() {
    let file = read("Containerfile");
    let bases: Vec<&str> = file.lines().filter_map(|line| line.strip_prefix("FROM ")).collect();
    assert_eq!(bases.len(), 2);
    for base in bases {
        let image = base.split(' ').next().unwrap();
        let tag = image.rsplit_once('/').unwrap().1.split_once(':').unwrap().1;
        assert_ne!(tag, "latest", "{image}");
    }
    let after = file.rsplit_once("\nFROM ").unwrap().1;
    assert!(
        after.contains("\nUSER nonroot\n") && after.ends_with("\nENTRYPOINT [\"toadstone\"]\n"),
        "{after}"
    );
}

/// A name that is left out of the context by mistake breaks the build, and only there.
#[test]
fn the_context_has_what_the_build_reads() {
    let ignored = read(".dockerignore");
    let rules: Vec<&str> = ignored.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(rules[0], "*");
    for name in ["Cargo.toml", "Cargo.lock", "crates"] {
        assert!(rules.contains(&format!("!{name}").as_str()), "{name}");
    }
}
