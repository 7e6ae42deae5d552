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

/// Votes of a line that few other languages have, and votes that code must have: prose has one such
/// line by chance.
const OWN: usize = 4;
const FEWEST: usize = 5;

/// Lines to a vote, and to a line that ends as statements do, from which on a text is prose about code:
/// what a manual is. Prose is slow to parse as code.
const SPARSE: usize = 12;
const CLOSED: usize = 5;

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
        let (mut votes, mut lines, mut closed) = ([0; Self::ALL.len()], 0, 0);
        for line in head.lines() {
            let line = line.trim();
            if line.is_empty() || line.starts_with(['*', '/']) || line.starts_with("# ") {
                continue;
            }
            lines += 1;
            closed += usize::from(line.ends_with([';', '{', '}', ',', '(', ')']));
            for (language, votes) in Self::ALL.into_iter().zip(&mut votes) {
                *votes += if language.owns(line) { OWN } else { usize::from(language.fits(line)) };
            }
        }
        let all = Self::ALL.into_iter().zip(votes);
        let (language, count) = all.reduce(|a, b| if b.1 > a.1 { b } else { a })?;
        let code = language == Language::Python || closed * CLOSED >= lines;
        (code && count >= FEWEST && count * SPARSE >= lines).then_some(language)
    }

    /// Whether a line is in the language and in few others.
    fn owns(self, line: &str) -> bool {
        let starts = |any: &[&str]| any.iter().any(|start| line.starts_with(start));
        let ends = |any: &[char]| line.ends_with(any);
        let quoted = || line.contains(['"', '\'']);
        match self {
            Language::Python => {
                let block = ["def ", "class ", "if ", "elif ", "else:", "for ", "while ", "with ", "try:"];
                let other = ["except", "finally:", "async def "];
                let import =
                    line.starts_with("import ") || line.starts_with("from ") && line.contains(" import ");
                (starts(&block) || starts(&other)) && ends(&[':']) || import && !ends(&[';']) && !quoted()
            }
            Language::JavaScript => {
                let own = ["let ", "var ", "function ", "export ", "async function", "module.exports"];
                starts(&own) && !line.starts_with("let mut ")
                    || line.starts_with("const ") && line.contains(" = ") && !line.contains(": ")
                    || line.starts_with("import ") && quoted()
                    || line.contains("require(")
            }
            Language::Java => {
                starts(&["public ", "private ", "protected "]) && ends(&[';', '{', ',', '('])
                    || starts(&["import ", "package "]) && ends(&[';']) && !quoted()
                    || line.starts_with("@Override")
            }
            Language::C => {
                let own = ["#include", "#define", "#ifdef", "#ifndef", "#endif", "typedef ", "template<"];
                starts(&own) || line.contains("std::") && !line.starts_with("use ")
            }
            Language::Go => {
                starts(&["func ", "type ", "if err "]) && ends(&['{'])
                    || line.starts_with("package ") && !ends(&[';', '.']) && !line[8..].contains(' ')
                    || line == "import ("
            }
            Language::Rust => {
                let own = ["pub fn ", "pub struct ", "pub enum ", "pub(", "let mut ", "#[", "#![", "impl<"];
                starts(&own)
                    || starts(&["fn ", "impl "]) && ends(&['{'])
                    || line.starts_with("use ") && ends(&[';']) && line.contains("::")
            }
            Language::Php => line.contains("$this->"),
        }
    }

    /// Whether a line may be in the language.
    fn fits(self, line: &str) -> bool {
        let starts = |any: &[&str]| any.iter().any(|start| line.starts_with(start));
        match self {
            Language::Python => line.contains("self.") || line.contains("None"),
            Language::JavaScript => {
                line.starts_with("const ")
                    || line.ends_with("=> {")
                    || line.ends_with("});")
                    || line.contains("===")
            }
            Language::Java => line.contains(" throws ") || line.contains(" = new "),
            Language::C => {
                starts(&["int ", "char ", "void ", "static ", "struct ", "unsigned ", "const char", "#if"])
                    || line.contains("->") && !line.contains(" -> ") && line.ends_with(';')
            }
            Language::Go => line.contains(" := ") || starts(&["defer ", "go func"]),
            Language::Rust => starts(&["let ", "pub ", "match ", "fn ", "mod "]),
            Language::Php => line.starts_with('$') && line.ends_with(';'),
        }
    }
}
