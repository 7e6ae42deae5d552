//! `[quality]`: what the team wants of its texts.

use toadstone_quality::{Setting, Standards, code, codes, rules};
use toml::Spanned;
use toml::de::DeTable;

use super::read::{Mistake, Value, as_table, number, only_known, wrong};
use super::suggest::closest;

/// The list of expected languages.
const LANGUAGES: &str = "languages";

/// Reads the section.
pub fn read(table: &DeTable<'_>) -> Result<Standards, Mistake> {
    let mut out = Standards::default();
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        if name == LANGUAGES {
            out.languages = languages(value)?;
        } else if rules().any(|rule| rule.name == name) {
            out.settings.insert(name.to_owned(), setting(name, value)?);
        } else {
            return Err(unknown(key));
        }
    }
    Ok(out)
}

fn setting(name: &str, value: &Value<'_>) -> Result<Setting, Mistake> {
    let section = format!("quality.{name}");
    let table = as_table(value, &section)?;
    only_known(table, &section, &["enabled", "limit"])?;
    let on = table
        .get("enabled")
        .map(|v| v.get_ref().as_bool().ok_or_else(|| wrong(v, "enabled", "true or false")));
    let limit = table.get("limit").map(|v| {
        let number = number(v).filter(|n| *n >= 0.0 && n.is_finite());
        number.map(|n| n as f32).ok_or_else(|| wrong(v, "limit", "a number from 0 on"))
    });
    Ok(Setting { on: on.transpose()?, limit: limit.transpose()? })
}

fn languages(value: &Value<'_>) -> Result<Vec<String>, Mistake> {
    let list = value.get_ref().as_array();
    let list = list.ok_or_else(|| wrong(value, LANGUAGES, "a list such as [\"eng\", \"deu\"]"))?;
    list.iter().map(language).collect()
}

fn language(value: &Value<'_>) -> Result<String, Mistake> {
    let text = value.get_ref().as_str().ok_or_else(|| wrong(value, "a language", "a text in quotes"))?;
    let known = code(text).map(str::to_owned);
    known.ok_or_else(|| Mistake {
        what: format!("no language can be told that is called \"{text}\""),
        span: value.span(),
        label: "unknown language".to_owned(),
        help: format!(
            "write its ISO 639-3 code; these can be told: {}",
            codes().collect::<Vec<_>>().join(", ")
        ),
    })
}

fn unknown(key: &Spanned<std::borrow::Cow<'_, str>>) -> Mistake {
    let names = rules().map(|rule| rule.name).chain([LANGUAGES]);
    let help = match closest(key.get_ref(), names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`toadstone explain quality` lists the rules".to_owned(),
    };
    Mistake {
        what: format!("there is no rule `{}`", key.get_ref()),
        span: key.span(),
        label: "not a rule of quality".to_owned(),
        help,
    }
}
