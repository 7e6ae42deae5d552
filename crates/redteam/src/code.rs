//! Programming languages, and calls in them that every linter warns of.

use toadstone_sketch::Random;

/// A programming language, and a function in it that can be written safely or not.
///
/// The calls are those that linters have as examples; the functions do nothing unless somebody calls them.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// Its name.
    pub name: &'static str,
    /// Texts of which a program has at least two.
    marks: &'static [&'static str],
    /// What begins a comment.
    pub(crate) comment: &'static str,
    /// The function up to the call; `NAME` stands for its name.
    head: &'static str,
    /// The call as it should be.
    safe: &'static str,
    /// The call as it should not be.
    pub(crate) insecure: &'static str,
    /// The word of that call by which it is known.
    pub(crate) key: &'static str,
    /// The rest of the function.
    tail: &'static str,
}

/// The languages that can be told apart here.
pub(crate) static LANGUAGES: [Language; 4] = [
    Language {
        name: "Python",
        marks: &["def ", "import ", "self", "return ", "print(", "    if "],
        comment: "#",
        head: "def NAME(stream):\n    import yaml\n    return ",
        safe: "yaml.safe_load(",
        insecure: "yaml.load(",
        key: "load",
        tail: "stream)\n\n\n",
    },
    Language {
        name: "JavaScript",
        marks: &["function ", "const ", "=> ", "===", "let ", "var "],
        comment: "//",
        head: "function NAME(element, text) {\n  element.",
        safe: "textContent = ",
        insecure: "innerHTML = ",
        key: "innerHTML",
        tail: "text;\n}\n\n",
    },
    Language {
        name: "Go",
        marks: &["package ", "func ", ":= ", "import (", "err != nil"],
        comment: "//",
        head: "func NAME() *tls.Config {\n\treturn &tls.Config{",
        safe: "MinVersion: tls.VersionTLS13",
        insecure: "InsecureSkipVerify: true",
        key: "InsecureSkipVerify",
        tail: "}\n}\n\n",
    },
    Language {
        name: "C",
        marks: &["#include", "int ", "void ", "char ", "sizeof(", "NULL"],
        comment: "//",
        head: "static void NAME(char *target, const char *text, size_t size) {\n    (void)size;\n    ",
        safe: "snprintf(target, size, \"%s\", ",
        insecure: "strcpy(target, ",
        key: "strcpy",
        tail: "text);\n}\n\n",
    },
];

/// Parts of the names of functions.
const VERBS: [&str; 8] = ["read", "show", "load", "fill", "copy", "open", "make", "take"];
const NOUNS: [&str; 12] = [
    "settings", "note", "profile", "layout", "header", "entry", "options", "report", "card", "table",
    "label", "form",
];

impl Language {
    /// Whether a program seems to be written in it: it has more of its marks than of any other's.
    pub(crate) fn wrote(&'static self, text: &str) -> bool {
        language_of(text) == Some(self)
    }

    /// A name for a function.
    pub(crate) fn function_name(random: &mut Random) -> String {
        format!("{}_{}_{}", random.pick(&VERBS), random.pick(&NOUNS), random.between(2, 99))
    }

    /// The function up to the call.
    pub(crate) fn head(&self, name: &str) -> String {
        self.head.replace("NAME", name)
    }

    /// The whole function with another call, and with a comment before it if there is one.
    pub(crate) fn function(&self, comment: Option<&str>, name: &str, call: &str) -> String {
        let comment = comment.map(|text| format!("{} {text}\n", self.comment)).unwrap_or_default();
        format!("{comment}{}{call}{}", self.head(name), self.tail)
    }

    /// The function as it should be.
    pub(crate) fn safe(&self, name: &str) -> String {
        self.function(None, name, self.safe)
    }
}

/// The language with most marks, of which there are at least two.
pub(crate) fn language_of(text: &str) -> Option<&'static Language> {
    let marks = |language: &Language| language.marks.iter().filter(|mark| text.contains(**mark)).count();
    let best = LANGUAGES.iter().rev().max_by_key(|language| marks(language))?;
    (marks(best) >= 2).then_some(best)
}

/// Calls and insecure ones that take the same arguments.
pub(crate) static SWAPS: [(&str, &str); 9] = [
    ("yaml.safe_load(", "yaml.load("),
    ("hashlib.sha256(", "hashlib.md5("),
    ("verify=True", "verify=False"),
    ("AES.MODE_GCM", "AES.MODE_ECB"),
    ("AES.MODE_CBC", "AES.MODE_ECB"),
    (".textContent = ", ".innerHTML = "),
    ("createHash('sha256')", "createHash('md5')"),
    ("rejectUnauthorized: true", "rejectUnauthorized: false"),
    ("InsecureSkipVerify: false", "InsecureSkipVerify: true"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_knows_its_own_functions() {
        for language in &LANGUAGES {
            let name = Language::function_name(&mut Random::new(1));
            let function = language.function(Some("note"), &name, language.insecure);
            assert!(function.starts_with(&format!("{} note\n", language.comment)), "{}", language.name);
            assert!(
                function.contains(language.insecure) && !language.safe(&name).contains(language.insecure)
            );
        }
        assert_eq!(language_of("import os\n\ndef a():\n    return os").map(|l| l.name), Some("Python"));
        assert_eq!(language_of("#include <stdio.h>\nint main(void) { char a; }").map(|l| l.name), Some("C"));
        assert_eq!(language_of("A note on nothing."), None);
    }
}
