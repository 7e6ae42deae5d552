//! Rules for PHP.

use crate::detectors::insecure_code::rule::{Rule, shape};

/// All of them.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        id: "php-unserialize",
        cwe: 502,
        title: "Objects read from text",
        why: "runs code that whoever wrote the data chose",
        instead: "json_decode",
        bad: &[shape("unserialize", "", "allowed_classes")],
        good: &[shape("json_decode", "", "")],
        example: "<?php $a = unserialize($s);",
        counter: "<?php $a = json_decode($s);",
    },
    Rule {
        id: "php-eval",
        cwe: 95,
        title: "Text evaluated as code",
        why: "runs code that whoever wrote the data chose",
        instead: "no evaluation",
        bad: &[shape("eval assert create_function", "$", "")],
        good: &[],
        example: "<?php assert($s);",
        counter: "<?php f($s);",
    },
    Rule {
        id: "php-shell",
        cwe: 78,
        title: "Command put together from text",
        why: "input becomes part of a command",
        instead: "escapeshellarg",
        bad: &[shape("system exec shell_exec passthru popen", "$", "escapeshellarg escapeshellcmd")],
        good: &[shape("system exec shell_exec passthru popen", "escapeshellarg escapeshellcmd", "")],
        example: "<?php system('ls ' . $d);",
        counter: "<?php system('ls ' . escapeshellarg($d));",
    },
    Rule {
        id: "php-include",
        cwe: 98,
        title: "File included that input names",
        why: "runs code that whoever wrote the data chose",
        instead: "a fixed list of files",
        bad: &[shape("include require include_once require_once", "$_GET $_POST $_REQUEST", "")],
        good: &[],
        example: "<?php include $_GET['p'];",
        counter: "<?php include 'a.php';",
    },
    Rule {
        id: "php-weak-hash",
        cwe: 328,
        title: "Broken hash",
        why: "collisions can be made",
        instead: "password_hash",
        bad: &[shape("md5 sha1", "", "")],
        good: &[shape("password_hash", "", "")],
        example: "<?php $a = md5($p);",
        counter: "<?php $a = password_hash($p, PASSWORD_DEFAULT);",
    },
];
