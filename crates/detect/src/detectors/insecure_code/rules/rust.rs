//! Rules for Rust.

use crate::detectors::insecure_code::rule::{Rule, shape};

/// All of them.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        id: "rust-tls",
        cwe: 295,
        title: "Certificate not checked",
        why: "anybody on the way can read and change the traffic",
        instead: "leave the check on",
        bad: &[shape("danger_accept_invalid_certs danger_accept_invalid_hostnames", "true", "")],
        good: &[shape("danger_accept_invalid_certs danger_accept_invalid_hostnames", "false", "")],
        example: "fn f() { b.danger_accept_invalid_certs(true); }",
        counter: "fn f() { b.danger_accept_invalid_certs(false); }",
    },
    Rule {
        id: "rust-transmute",
        cwe: 704,
        title: "Bytes taken for another type",
        why: "any value can arise",
        instead: "from_ne_bytes, or a checked cast",
        bad: &[shape("transmute mem.transmute", "", "")],
        good: &[],
        example: "fn f() { mem::transmute(a) }",
        counter: "fn f() { u32::from_ne_bytes(a) }",
    },
    Rule {
        id: "rust-utf8",
        cwe: 20,
        title: "Bytes taken for text without a check",
        why: "invalid text is undefined behaviour",
        instead: "from_utf8",
        bad: &[shape("from_utf8_unchecked", "", "")],
        good: &[],
        example: "fn f() { str::from_utf8_unchecked(a) }",
        counter: "fn f() { str::from_utf8(a) }",
    },
];
