//! Programming languages: how code is recognised, and its grammar.

use tree_sitter::Language as Grammar;

/// A language with rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    Python,
    JavaScript,
    Java,
    C,
    Go,
    Php,
    Rust,
}

/// Bytes in which a language is looked for.
const HEAD: usize = 32 << 10;

/// Lines that must look like a language; prose has one by chance.
const FEWEST: usize = 2;

impl Language {
    /// All languages; of two that fit equally, the first is meant.
    pub(crate) const ALL: [Language; 7] = [
        Language::Php,
        Language::Go,
        Language::Rust,
        Language::Java,
        Language::Python,
        Language::JavaScript,
        Language::C,
    ];

    /// Its name.
    #[cfg(test)]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Language::Python => "Python",
            Language::JavaScript => "JavaScript and TypeScript",
            Language::Java => "Java",
            Language::C => "C and C++",
            Language::Go => "Go",
            Language::Php => "PHP",
            Language::Rust => "Rust",
        }
    }

    /// The grammar. That of C++ reads C, that of TypeScript reads JavaScript.
    pub(crate) fn grammar(self) -> Grammar {
        match self {
            Language::Python => tree_sitter_python::LANGUAGE.into(),
            Language::JavaScript => tree_sitter_typescript::LANGUAGE_TSX.into(),
            Language::Java => tree_sitter_java::LANGUAGE.into(),
            Language::C => tree_sitter_cpp::LANGUAGE.into(),
            Language::Go => tree_sitter_go::LANGUAGE.into(),
            Language::Php => tree_sitter_php::LANGUAGE_PHP.into(),
            Language::Rust => tree_sitter_rust::LANGUAGE.into(),
        }
    }

    /// The language that is written behind a fence.
    pub(crate) fn named(tag: &str) -> Option<Language> {
        let word = tag.split(|c: char| !c.is_ascii_alphanumeric() && c != '+').next()?;
        Some(match word.to_ascii_lowercase().as_str() {
            "python" | "py" | "python3" => Language::Python,
            "javascript" | "js" | "jsx" | "typescript" | "ts" | "tsx" | "node" => Language::JavaScript,
            "java" => Language::Java,
            "c" | "cpp" | "c++" | "cc" | "h" | "hpp" => Language::C,
            "go" | "golang" => Language::Go,
            "php" => Language::Php,
            "rust" | "rs" => Language::Rust,
            _ => return None,
        })
    }

    /// The language of a text: that of most lines; `None` if it does not look like code.
    pub(crate) fn recognise(text: &str) -> Option<Language> {
        let head = &text[..text.floor_char_boundary(HEAD)];
        if head.contains("<?php") {
            return Some(Language::Php);
        }
        let mut votes = [0usize; Self::ALL.len()];
        for line in head.lines() {
            let line = line.trim();
            if line.starts_with(['*', '/']) || line.starts_with("# ") || line.is_empty() {
                continue;
            }
            let all = Self::ALL.into_iter().zip(&mut votes);
            all.for_each(|(language, votes)| *votes += usize::from(language.fits(line)));
        }
        let all = Self::ALL.into_iter().zip(votes);
        let (language, count) = all.reduce(|a, b| if b.1 > a.1 { b } else { a })?;
        (count >= FEWEST).then_some(language)
    }

    /// Whether a line looks like the language and unlike most others.
    fn fits(self, line: &str) -> bool {
        let starts = |any: &[&str]| any.iter().any(|start| line.starts_with(start));
        let ends = |any: &[&str]| any.iter().any(|end| line.ends_with(end));
        let quoted = || line.contains(['"', '\'']);
        match self {
            Language::Python => {
                let block = ["def ", "class ", "if ", "elif ", "else:", "for ", "while ", "with ", "try:"];
                let other = ["except", "finally:", "async def "];
                (starts(&block) || starts(&other)) && line.ends_with(':')
                    || starts(&["import ", "from "]) && !line.ends_with(';') && !quoted()
                    || line.contains("self.")
                    || line.contains("None")
            }
            Language::JavaScript => {
                let own =
                    ["const ", "let ", "var ", "function ", "export ", "async function", "module.exports"];
                starts(&own) && !line.starts_with("let mut ") && !line.starts_with("const char")
                    || line.starts_with("import ") && quoted()
                    || ends(&["});", "=> {"])
                    || line.contains("require(")
                    || line.contains("===")
            }
            Language::Java => {
                let own = ["public ", "private ", "protected ", "@Override", "package ", "import java"];
                starts(&own)
                    && !line.ends_with(':')
                    && (line.ends_with([';', '{', '}', ',', ')', '(']) || line.starts_with('@'))
                    || line.starts_with("import ") && line.ends_with(';') && !quoted()
                    || line.contains(" throws ")
                    || line.contains(" = new ") && !starts(&["const ", "let ", "var "])
            }
            Language::C => {
                let types =
                    ["int ", "char ", "void ", "static ", "struct ", "typedef ", "unsigned ", "const char"];
                let other = ["#include", "#define", "#if", "#endif", "std::", "namespace ", "template<"];
                starts(&types)
                    || starts(&other)
                    || line.contains("->") && !line.contains(" -> ") && line.ends_with(';')
            }
            Language::Go => {
                starts(&["func ", "type ", "if err ", "defer ", "go func"]) && ends(&["{", ")"])
                    || line.starts_with("package ") && !line.ends_with(';')
                    || line.contains(" := ")
                    || line == "import ("
            }
            Language::Rust => {
                let own = ["fn ", "pub ", "pub(", "impl", "let mut ", "#[", "#![", "mod "];
                starts(&own)
                    || line.starts_with("use ") && line.ends_with(';')
                    || line.starts_with("match ") && line.ends_with('{')
                    || line.starts_with("let ") && line.contains(": ") && line.ends_with(';')
            }
            Language::Php => line.contains("$this->"),
        }
    }
}
