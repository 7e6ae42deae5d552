//! Rules for Go.

use crate::detectors::insecure_code::rule::{Rule, shape};

/// All of them.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        id: "go-tls",
        cwe: 295,
        title: "Certificate not checked",
        why: "anybody on the way can read and change the traffic",
        instead: "leave the check on",
        bad: &[shape("InsecureSkipVerify=", "true", "")],
        good: &[shape("InsecureSkipVerify=", "false", "")],
        example: "package a\nvar c = tls.Config{InsecureSkipVerify: true}",
        counter: "package a\nvar c = tls.Config{InsecureSkipVerify: false}",
    },
    Rule {
        id: "go-raw-html",
        cwe: 79,
        title: "Text declared to be safe HTML",
        why: "input becomes part of the page",
        instead: "html/template escapes strings",
        bad: &[shape("template.HTML template.JS template.URL", "", "")],
        good: &[shape("template.HTMLEscapeString", "", "")],
        example: "package a\nfunc f() { template.HTML(s) }",
        counter: "package a\nfunc f() { template.HTMLEscapeString(s) }",
    },
    Rule {
        id: "go-weak-hash",
        cwe: 328,
        title: "Broken hash",
        why: "collisions can be made",
        instead: "sha256",
        bad: &[shape("md5.New md5.Sum sha1.New sha1.Sum", "", "")],
        good: &[shape("sha256.New sha256.Sum256 sha512.New", "", "")],
        example: "package a\nfunc f() { md5.New() }",
        counter: "package a\nfunc f() { sha256.New() }",
    },
    Rule {
        id: "go-shell",
        cwe: 78,
        title: "Command given to a shell",
        why: "input becomes part of a command",
        instead: "exec.Command with a list",
        bad: &[shape("exec.Command", "\"sh\",\"-c\" \"bash\",\"-c\" \"/bin/sh\",\"-c\"", "")],
        good: &[shape("exec.Command", "", "\"-c\"")],
        example: "package a\nfunc f() { exec.Command(\"sh\", \"-c\", s) }",
        counter: "package a\nfunc f() { exec.Command(\"ls\", s) }",
    },
    Rule {
        id: "go-weak-cipher",
        cwe: 327,
        title: "Weak cipher",
        why: "the plain text can be found",
        instead: "AES-GCM",
        bad: &[shape("des.NewCipher rc4.NewCipher des.NewTripleDESCipher", "", "")],
        good: &[shape("aes.NewCipher cipher.NewGCM", "", "")],
        example: "package a\nfunc f() { des.NewCipher(k) }",
        counter: "package a\nfunc f() { aes.NewCipher(k) }",
    },
];
