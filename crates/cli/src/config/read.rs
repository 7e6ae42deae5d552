//! From the text of `toadstone.toml` to a policy.

use std::ops::Range;

use toadstone_core::{Confidence, Policy, Severity, Threshold, Verdict, Waiver};
use toadstone_quality::Standards;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::date::is_day;
use super::quality;
use super::seal::{self, SealPolicy};
use super::suggest::closest;

/// What is wrong, where, and what to do.
#[derive(Debug)]
pub struct Mistake {
    /// One sentence.
    pub what: String,
    /// Bytes to underline.
    pub span: Range<usize>,
    /// What stands under the line.
    pub label: String,
    /// What to do.
    pub help: String,
}

/// What the file says.
pub struct Read {
    /// The policy.
    pub policy: Policy,
    /// Whether the exit code never depends on the verdict.
    pub never_fail: bool,
    /// What the team wants of its texts.
    pub quality: Standards,
    /// Where each waiver's `finding` stands.
    pub waivers: Vec<Range<usize>>,
    /// Whose seals are accepted.
    pub seal: SealPolicy,
}

const SEVERITIES: [(&str, Severity); 5] = [
    ("info", Severity::Info),
    ("low", Severity::Low),
    ("medium", Severity::Medium),
    ("high", Severity::High),
    ("critical", Severity::Critical),
];
const CONFIDENCES: [(&str, Confidence); 3] =
    [("low", Confidence::Low), ("medium", Confidence::Medium), ("high", Confidence::High)];
const FAIL_ON: [(&str, Option<Verdict>); 3] =
    [("review", Some(Verdict::Review)), ("block", Some(Verdict::Block)), ("never", None)];

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// Reads the whole file, or says what the first mistake is.
pub fn read(text: &str) -> Result<Read, Mistake> {
    let document = DeTable::parse(text).map_err(|e| Mistake {
        what: "this is not valid TOML".to_owned(),
        span: e.span().unwrap_or(0..0),
        label: e.message().to_owned(),
        help: "`toadstone init` writes a file that shows every setting".to_owned(),
    })?;
    let table = document.get_ref();
    only_known(table, "", &["policy", "detectors", "quality", "waivers", "seal"])?;
    let mut out = Read {
        policy: Policy::default(),
        never_fail: false,
        quality: Standards::default(),
        waivers: Vec::new(),
        seal: SealPolicy::default(),
    };
    if let Some(value) = table.get("policy") {
        policy(as_table(value, "policy")?, &mut out)?;
    }
    if let Some(value) = table.get("detectors") {
        detectors(as_table(value, "detectors")?, &mut out.policy)?;
    }
    if let Some(value) = table.get("quality") {
        out.quality = quality::read(as_table(value, "quality")?)?;
    }
    if let Some(value) = table.get("waivers") {
        waivers(value, &mut out)?;
    }
    if let Some(value) = table.get("seal") {
        out.seal = seal::read(as_table(value, "seal")?)?;
    }
    Ok(out)
}

fn policy(table: &DeTable<'_>, out: &mut Read) -> Result<(), Mistake> {
    only_known(table, "policy", &["fail-on", "block", "review"])?;
    if let Some(value) = table.get("fail-on") {
        let fail_on = choice(value, "fail-on", &FAIL_ON)?;
        out.never_fail = fail_on.is_none();
        out.policy.fail_on = fail_on.unwrap_or(Verdict::Block);
    }
    for (key, threshold) in [("block", &mut out.policy.block), ("review", &mut out.policy.review)] {
        if let Some(value) = table.get(key) {
            read_threshold(as_table(value, key)?, key, threshold)?;
        }
    }
    Ok(())
}

fn read_threshold(table: &DeTable<'_>, key: &str, threshold: &mut Threshold) -> Result<(), Mistake> {
    only_known(table, key, &["severity", "confidence"])?;
    if let Some(value) = table.get("severity") {
        threshold.severity = choice(value, "severity", &SEVERITIES)?;
    }
    if let Some(value) = table.get("confidence") {
        threshold.confidence = choice(value, "confidence", &CONFIDENCES)?;
    }
    Ok(())
}

fn detectors(table: &DeTable<'_>, policy: &mut Policy) -> Result<(), Mistake> {
    let names: Vec<&str> = toadstone_detect::registry().iter().map(|d| d.card().name).collect();
    for (name, value) in table {
        if !names.contains(&name.get_ref().as_ref()) {
            let help = match closest(name.get_ref(), names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`toadstone explain` lists the detectors".to_owned(),
            };
            let what = format!("there is no detector `{}`", name.get_ref());
            return Err(Mistake { what, span: name.span(), label: "not a detector".to_owned(), help });
        }
        let section = format!("detectors.{}", name.get_ref());
        let settings = as_table(value, &section)?;
        only_known(settings, &section, &["enabled", "reason", "limit"])?;
        let enabled = match settings.get("enabled") {
            Some(v) => v.get_ref().as_bool().ok_or_else(|| wrong(v, "enabled", "true or false"))?,
            None => true,
        };
        let reason = optional_text(settings, "reason")?;
        if let Some(value) = settings.get("limit") {
            policy.limits.insert(name.get_ref().to_string(), limit(value)?);
        }
        if !enabled {
            let reason = reason.ok_or_else(|| Mistake {
                what: format!("`{}` is switched off without a reason", name.get_ref()),
                span: name.span(),
                label: "why?".to_owned(),
                help: "add `reason = \"...\"`: every report repeats it, as this check did not pass but did not run"
                    .to_owned(),
            })?;
            policy.skip.insert(name.get_ref().to_string(), reason);
        }
    }
    Ok(())
}

fn limit(value: &Value<'_>) -> Result<f64, Mistake> {
    number(value)
        .filter(|n| (0.0..=300.0).contains(n))
        .ok_or_else(|| wrong(value, "limit", "a number from 0 to 300"))
}

/// A whole or broken number.
pub(super) fn number(value: &Value<'_>) -> Option<f64> {
    let whole = value.get_ref().as_integer().map(|i| i.as_str().to_owned());
    let text = whole.or_else(|| value.get_ref().as_float().map(|f| f.as_str().to_owned()))?;
    text.replace('_', "").parse().ok()
}

fn waivers(value: &Value<'_>, out: &mut Read) -> Result<(), Mistake> {
    let list = value.get_ref().as_array().ok_or_else(|| Mistake {
        what: "waivers are a list".to_owned(),
        span: value.span(),
        label: this_is(value),
        help: "begin each waiver with `[[waivers]]`".to_owned(),
    })?;
    for value in list.iter() {
        let table = as_table(value, "waivers")?;
        only_known(table, "waivers", &["finding", "reason", "expires"])?;
        let (finding, at) = text(table, value, "finding")?;
        let (reason, _) = text(table, value, "reason")?;
        let expires = day(table, value)?;
        out.policy.waivers.push(Waiver { finding, reason, expires });
        out.waivers.push(at);
    }
    Ok(())
}

/// A waiver's last day, as text or as a TOML date.
fn day(table: &DeTable<'_>, waiver: &Value<'_>) -> Result<String, Mistake> {
    if let Some(value) = table.get("expires")
        && let Some(date) = value.get_ref().as_datetime()
        && date.date.is_some()
        && date.time.is_none()
    {
        return is_a_day(date.to_string(), value.span());
    }
    let (expires, span) = text(table, waiver, "expires")?;
    is_a_day(expires, span)
}

fn is_a_day(expires: String, span: Range<usize>) -> Result<String, Mistake> {
    if is_day(&expires) {
        return Ok(expires);
    }
    let what = "`expires` is not a day".to_owned();
    let help = "write a day that exists as `YYYY-MM-DD`; the waiver holds up to and including it".to_owned();
    Err(Mistake { what, span, label: "not a day".to_owned(), help })
}

/// A text that must be there and say something.
fn text(table: &DeTable<'_>, around: &Value<'_>, key: &str) -> Result<(String, Range<usize>), Mistake> {
    let value = table.get(key).ok_or_else(|| Mistake {
        what: format!("a waiver without `{key}`"),
        span: around.span(),
        label: format!("`{key}` is missing"),
        help: "a waiver names the `finding`, the `reason` and the day on which it `expires`".to_owned(),
    })?;
    match value.get_ref().as_str() {
        Some(text) if !text.trim().is_empty() => Ok((text.to_owned(), value.span())),
        Some(_) => Err(wrong(value, key, "a text that is not empty")),
        None => Err(wrong(value, key, "a text in quotes")),
    }
}

fn optional_text(table: &DeTable<'_>, key: &str) -> Result<Option<String>, Mistake> {
    let Some(value) = table.get(key) else { return Ok(None) };
    match value.get_ref().as_str() {
        Some(text) if !text.trim().is_empty() => Ok(Some(text.to_owned())),
        _ => Err(wrong(value, key, "a text that is not empty")),
    }
}

fn choice<T: Copy>(value: &Value<'_>, key: &str, choices: &[(&str, T)]) -> Result<T, Mistake> {
    let list = || choices.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let Some(word) = value.get_ref().as_str() else {
        return Err(wrong(value, key, &format!("one of {}", list())));
    };
    if let Some((_, found)) = choices.iter().find(|(name, _)| *name == word) {
        return Ok(*found);
    }
    let near = closest(word, choices.iter().map(|(name, _)| *name));
    let meant = near.map(|n| format!("did you mean \"{n}\"? ")).unwrap_or_default();
    Err(Mistake {
        what: format!("`{key}` cannot be \"{word}\""),
        span: value.span(),
        label: "unknown value".to_owned(),
        help: format!("{meant}it is one of {}", list()),
    })
}

pub(super) fn wrong(value: &Value<'_>, key: &str, wanted: &str) -> Mistake {
    Mistake {
        what: format!("`{key}` has to be {wanted}"),
        span: value.span(),
        label: this_is(value),
        help: format!("write {wanted} after `{key} =`"),
    }
}

pub(super) fn as_table<'v, 'a>(value: &'v Value<'a>, name: &str) -> Result<&'v DeTable<'a>, Mistake> {
    value.get_ref().as_table().ok_or_else(|| Mistake {
        what: format!("`{name}` has to be a table"),
        span: value.span(),
        label: this_is(value),
        help: "`toadstone init` writes a file that shows every setting".to_owned(),
    })
}

pub(super) fn only_known(table: &DeTable<'_>, section: &str, known: &[&str]) -> Result<(), Mistake> {
    let unknown = table.keys().filter(|k| !known.contains(&k.get_ref().as_ref()));
    let Some(key) = unknown.min_by_key(|k| k.span().start) else { return Ok(()) };
    let place = if section.is_empty() { String::new() } else { format!(" in [{section}]") };
    let list = known.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ");
    let meant = closest(key.get_ref(), known.iter().copied());
    let meant = meant.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    Err(Mistake {
        what: format!("unknown key `{}`{place}", key.get_ref()),
        span: key.span(),
        label: "unknown key".to_owned(),
        help: format!("{meant}the keys{place} are {list}"),
    })
}

/// What stands in the file instead.
fn this_is(value: &Value<'_>) -> String {
    let name = value.get_ref().type_str();
    let article = if name.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("this is {article} {name}")
}
