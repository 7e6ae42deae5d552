//! The rules, one file a language. The examples of a rule are its test.

pub(crate) mod c;
pub(crate) mod go;
pub(crate) mod java;
pub(crate) mod javascript;
pub(crate) mod php;
pub(crate) mod python;
pub(crate) mod rust;

#[cfg(test)]
mod tests {
    use super::super::language::Language;
    use super::super::rule::rules;
    use super::super::tree::{Steps, facts};

    #[test]
    fn every_rule_finds_its_example_and_leaves_its_counter_example() {
        let mut parser = tree_sitter::Parser::new();
        let (mut wrong, mut count) = (Vec::new(), 0);
        for language in Language::ALL {
            for rule in rules(language) {
                count += 1;
                let mut judge = |code: &str| -> Vec<bool> {
                    facts(&mut parser, language, code, &mut Steps::of(code))
                        .facts
                        .iter()
                        .filter_map(|f| rule.judge(f))
                        .collect()
                };
                let (bad, good) = (judge(rule.example), judge(rule.counter));
                if !bad.contains(&true) {
                    wrong.push(format!("{}: the example is not found", rule.id));
                }
                if good.contains(&true) || good.is_empty() != rule.good.is_empty() {
                    wrong.push(format!("{}: the counter-example gives {good:?}", rule.id));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(count >= 40, "{count} rules");
    }

    #[test]
    fn the_page_lists_the_rules() {
        let mut table =
            "| language | rule | CWE | what it finds | instead |\n|---|---|---|---|---|\n".to_owned();
        let mut languages = Language::ALL;
        languages.sort_by_key(|language| language.name());
        for language in languages {
            for rule in rules(language) {
                let cells = [language.name(), rule.id, &rule.cwe.to_string(), rule.title, rule.instead];
                table.push_str(&format!("| {} |\n", cells.join(" | ")));
            }
        }
        let page = include_str!("../insecure_code.md");
        let listed = page.contains(&format!("\n\n{table}\n## Why it matters\n"));
        assert!(listed, "the page needs this table, and no other rules:\n{table}");
    }
}
