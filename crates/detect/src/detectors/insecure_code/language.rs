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
const HEAD: usize = 16 << 10;

/// Different markers that a text must have; prose about code has one or two.
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

    /// What stands in code of the language and seldom in others or in prose.
    fn markers(self) -> &'static [&'static str] {
        match self {
            Language::Python => {
                &["def ", "\nimport ", "\nfrom ", "self.", "elif ", "):\n", "__name__", "None", "except "]
            }
            Language::JavaScript => &[
                "const ",
                "function",
                "=> ",
                "require(",
                "===",
                "let ",
                "module.exports",
                "document.",
                "});",
            ],
            Language::Java => {
                &["public class", "import java", "private ", "public static", "throws ", "@Override", "new "]
            }
            Language::C => &[
                "#include", "int ", "char ", "->", "void ", "struct ", "#define", "std::", "NULL", "sizeof(",
            ],
            Language::Go => &["package ", "func ", ":= ", "\nimport (", "err != nil", "fmt.", "type "],
            Language::Php => &["<?php", "<?=", "$this->", "array(", "echo ", "function "],
            Language::Rust => &["fn ", "let mut ", "impl ", "pub ", "use ", "::", "#[", "match ", "-> "],
        }
    }

    /// The language of a text; `None` if it does not look like code.
    pub(crate) fn recognise(text: &str) -> Option<Language> {
        let head = &text[..text.floor_char_boundary(HEAD)];
        if head.contains("<?php") {
            return Some(Language::Php);
        }
        if head.contains("#include") {
            return Some(Language::C);
        }
        let marks = |language: &Language| {
            let starts = |marker: &&&str| marker.strip_prefix('\n').is_some_and(|m| head.starts_with(m));
            language.markers().iter().filter(|marker| head.contains(**marker) || starts(marker)).count()
        };
        let best = Self::ALL.into_iter().filter(|language| *language != Language::Php);
        let (count, language) =
            best.map(|language| (marks(&language), language)).reduce(|a, b| if b.0 > a.0 { b } else { a })?;
        (count >= FEWEST).then_some(language)
    }
}
