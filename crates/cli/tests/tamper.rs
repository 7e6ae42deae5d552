//! Everything that somebody may do to sealed data is noticed.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;
mod sealed;

use std::fs;

use sealed::{Sealed, each, line};

const TRAIN: &str = "data/train.jsonl";

fn rename(sealed: &Sealed, from: &str, to: &str) {
    fs::rename(sealed.path(from), sealed.path(to)).unwrap();
}

fn swap(sealed: &Sealed, a: &str, b: &str) {
    rename(sealed, a, "aside");
    rename(sealed, b, a);
    rename(sealed, "aside", b);
}

#[test]
fn bytes_of_files() {
    each(&[
        ("a byte", |s| s.change(TRAIN, |b| b[20] ^= 1), "train.jsonl: was changed, and has the same size"),
        ("appended", |s| s.change(TRAIN, |b| b.push(b'\n')), "1 byte longer"),
        ("cut", |s| s.change(TRAIN, |b| b.truncate(b.len() - 1)), "1 byte shorter"),
        ("emptied", |s| s.change(TRAIN, |b| b.clear()), "train.jsonl: was changed"),
        ("filled", |s| s.change("data/zero.bin", |b| b.push(0)), "zero.bin: was changed"),
        (
            "a byte, with size and time as before",
            |s| {
                let time = fs::metadata(s.path(TRAIN)).unwrap().modified().unwrap();
                s.change(TRAIN, |b| b[20] ^= 1);
                fs::File::options().write(true).open(s.path(TRAIN)).unwrap().set_modified(time).unwrap();
            },
            "train.jsonl: was changed",
        ),
        (
            "a label",
            |s| {
                s.change(TRAIN, |b| {
                    let text = String::from_utf8(b.clone()).unwrap();
                    *b = text.replacen(&line(300, "pos"), &line(300, "neg"), 1).into_bytes();
                });
            },
            "train.jsonl: records differ in rows 256 to 511",
        ),
        (
            "two records in each other's place",
            |s| {
                s.change(TRAIN, |b| {
                    let text = String::from_utf8(b.clone()).unwrap();
                    let mut lines: Vec<&str> = text.lines().collect();
                    lines.swap(3, 301);
                    *b = (lines.join("\n") + "\n").into_bytes();
                });
            },
            "train.jsonl: was changed, and has the same size",
        ),
    ]);
}

#[test]
fn names_of_files() {
    each(&[
        ("swapped", |s| swap(s, "data/README.md", "data/.hidden/notes.txt"), "has the bytes of"),
        (
            "renamed",
            |s| rename(s, TRAIN, "data/other.jsonl"),
            "train.jsonl: is missing; `other.jsonl` has its content",
        ),
        ("deleted", |s| fs::remove_file(s.path(TRAIN)).unwrap(), "train.jsonl: is missing"),
        ("added", |s| s.add("data/more.jsonl", "{}"), "more.jsonl: is not signed"),
        ("in .git", |s| s.add("data/.git/train.jsonl", "{}"), ".git/train.jsonl: is not signed"),
        ("in .github", |s| s.add("data/.github/x", "{}"), ".github/x: is not signed"),
        ("as .gitignore", |s| s.add("data/.gitignore", "x"), ".gitignore: is not signed"),
        ("in a hidden folder", |s| s.add("data/.hidden/x", "{}"), ".hidden/x: is not signed"),
        ("an empty file", |s| s.add("data/empty", ""), "empty: is not signed"),
        ("an empty folder", |s| fs::create_dir(s.path("data/new")).unwrap(), "new: is an empty folder"),
        (
            "an empty folder gone",
            |s| fs::remove_dir(s.path("data/sub/empty")).unwrap(),
            "sub/empty: was an empty folder",
        ),
        ("in another case", |s| s.add("data/TRAIN.jsonl", "{}"), "TRAIN.jsonl: is not signed"),
        (
            "in another form of Unicode",
            |s| rename(s, "data/r\u{e9}sum\u{e9}.txt", "data/re\u{301}sume\u{301}.txt"),
            "is missing",
        ),
        (
            "a folder in its place",
            |s| {
                fs::remove_file(s.path("data/zero.bin")).unwrap();
                fs::create_dir(s.path("data/zero.bin")).unwrap();
            },
            "zero.bin: is missing",
        ),
        ("all data gone", |s| fs::remove_dir_all(s.path("data")).unwrap(), "is not there"),
    ]);
}

#[cfg(unix)]
#[test]
fn links() {
    use std::os::unix::fs::symlink;
    each(&[
        (
            "a link inwards",
            |s| symlink("train.jsonl", s.path("data/link")).unwrap(),
            "link: is a symbolic link",
        ),
        ("a link outwards", |s| symlink("/", s.path("data/link")).unwrap(), "link: is a symbolic link"),
        (
            "a link in place of a file, to the same bytes",
            |s| {
                rename(s, TRAIN, "outside.jsonl");
                symlink(s.path("outside.jsonl"), s.path(TRAIN)).unwrap();
            },
            "train.jsonl: is a symbolic link",
        ),
        (
            "a link in place of a folder, to the same files",
            |s| {
                rename(s, "data/.hidden", "outside");
                symlink(s.path("outside"), s.path("data/.hidden")).unwrap();
            },
            ".hidden: is a symbolic link",
        ),
        (
            "a hard link",
            |s| fs::hard_link(s.path(TRAIN), s.path("data/twin.jsonl")).unwrap(),
            "twin.jsonl: is not signed",
        ),
        (
            "a hard link in place of a file, to other bytes",
            |s| {
                fs::remove_file(s.path("data/README.md")).unwrap();
                fs::hard_link(s.path("data/.hidden/notes.txt"), s.path("data/README.md")).unwrap();
            },
            "README.md: has the bytes of `.hidden/notes.txt`",
        ),
        (
            "a socket",
            |s| drop(std::os::unix::net::UnixListener::bind(s.path("data/socket")).unwrap()),
            "socket: is neither a file nor a folder",
        ),
    ]);
}
