//! Numbers and sentences that the formats share.

use toadstone_core::{Confirmation, Evidence, Proof, Rate, Verdict};

use crate::shown;
use crate::view::View;

/// `1234567` as `1,234,567`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `1 record`, `1,204 records`.
pub(crate) fn plural(n: u64, one: &str) -> String {
    format!("{} {one}{}", count(n), if n == 1 { "" } else { "s" })
}

/// Bytes in decimal units, as disks and downloads are counted.
pub(crate) fn bytes(n: u64) -> String {
    let mut value = n as f64;
    for unit in ["bytes", "kB", "MB", "GB", "TB"] {
        if value < 999.5 || unit == "TB" {
            return match unit {
                "bytes" => plural(n, "byte"),
                _ if value < 9.95 => format!("{value:.1} {unit}"),
                _ => format!("{value:.0} {unit}"),
            };
        }
        value /= 1000.0;
    }
    plural(n, "byte")
}

/// A share as a percentage.
pub(crate) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        p if p == 0.0 || p >= 9.95 => format!("{p:.0} %"),
        p if p >= 0.1 => format!("{p:.1} %"),
        p if p >= 0.001 => format!("{p:.3} %"),
        _ => "< 0.001 %".to_owned(),
    }
}

/// A measured number, as short as it can be without misleading.
pub(crate) fn number(x: f64) -> String {
    let size = x.abs();
    if !x.is_finite() {
        "unknown".to_owned()
    } else if x.fract() == 0.0 && size < 1e15 {
        format!("{}{}", if x < 0.0 { "-" } else { "" }, count(size as u64))
    } else if !(0.001..1e15).contains(&size) {
        format!("{x:.1e}")
    } else if size < 1.0 {
        format!("{x:.3}").trim_end_matches('0').to_owned()
    } else if size < 100.0 {
        format!("{x:.1}").trim_end_matches(".0").to_owned()
    } else {
        format!("{}{}", if x < 0.0 { "-" } else { "" }, count(size.round() as u64))
    }
}

/// A chance: `q 3.1e-12`, `q < 1e-300`.
pub(crate) fn chance(name: &str, p: f64) -> String {
    if p.is_nan() {
        format!("{name} unknown")
    } else if p < 1e-300 {
        format!("{name} < 1e-300")
    } else if p < 0.001 {
        format!("{name} {p:.1e}")
    } else {
        format!("{name} {p:.3}")
    }
}

/// Observed against expected, in words.
pub(crate) fn against(e: &Evidence) -> String {
    let expected = if e.expected == 0.0 {
        "none expected".to_owned()
    } else {
        format!("{} expected", number(e.expected))
    };
    let ratio = e.observed / e.expected;
    let times = if ratio.is_finite() && ratio >= 1.5 && e.expected > 0.0 {
        let rounded = if ratio < 10.0 { (ratio * 10.0).round() / 10.0 } else { ratio.round() };
        format!(", {} times that", number(rounded))
    } else {
        String::new()
    };
    format!("{} observed, {expected}{times}", number(e.observed))
}

/// The test and its result: `Fisher exact, q 3.1e-12, p 4.0e-15`.
pub(crate) fn test(e: &Evidence) -> String {
    let q = e.q.map(|q| chance("q", q));
    let p = e.p.map(|p| chance("p", p));
    let name = (!e.test.is_empty()).then(|| e.test.clone());
    [name, q, p].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The verdict as one sentence. It never says more than was checked.
pub(crate) fn verdict(view: &View<'_>) -> String {
    let decision = &view.run.decision;
    let (blocking, reviewing) = (decision.blocking.len() as u64, decision.reviewing.len() as u64);
    if !view.scanned() {
        return "Nothing was scanned: not one record could be read.".to_owned();
    }
    match view.run.verdict {
        Verdict::Block if reviewing > 0 => format!(
            "Do not train on this data yet: {}, and {} review.",
            agree(blocking, "blocks it", "block it"),
            if reviewing == 1 {
                "1 more needs".to_owned()
            } else {
                format!("{} more need", count(reviewing))
            },
        ),
        Verdict::Block => {
            format!("Do not train on this data yet: {}.", agree(blocking, "blocks it", "block it"))
        }
        Verdict::Review => {
            format!(
                "A person should look before training: {}.",
                agree(reviewing, "needs review", "need review")
            )
        }
        Verdict::Pass => {
            let records = plural(view.run.records, "record");
            match view.not_run().count() as u64 {
                0 => format!("Nothing that the policy objects to in {records}."),
                n => format!(
                    "Nothing that the policy objects to in {records}, but {} did not run.",
                    plural(n, "detector")
                ),
            }
        }
    }
}

fn agree(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", plural(n, "finding"), if n == 1 { one } else { many })
}

/// The verdict as one word; a run over nothing has none.
pub(crate) fn verdict_word(view: &View<'_>) -> &'static str {
    if view.scanned() { view.run.verdict.name() } else { "nothing scanned" }
}

/// What training on the records of a finding does, as one sentence (hostile text in it is made inert).
pub(crate) fn confirmation(c: &Confirmation) -> String {
    let why = shown::plain(&c.why, 300);
    let of = |rate: Rate| percent(rate.share());
    let mut beside = format!("{} trained without them", of(c.without));
    for (rate, when) in [(c.untriggered, "without the trigger"), (c.sham, "with another of the same shape")] {
        if rate.trials > 0 {
            beside += &format!(", {} {when}", of(rate));
        }
    }
    let trained = format!(
        "{} and {} others ({why}; {})",
        count(c.members),
        count(c.others),
        plural(c.with.trials, "prompt"),
    );
    match c.outcome {
        Proof::Confirmed => format!(
            "training on these records plants this behaviour: success {} with, {beside}; a model of {trained}",
            of(c.with)
        ),
        Proof::Unspecific => format!(
            "training on these records plants this behaviour, and other triggers bring it too: success {} with, \
             {beside}; a model of {trained}",
            of(c.with)
        ),
        Proof::NotLearnable => format!(
            "not learnable by this model, which neither proves nor refutes it: success {} with, {beside}; a model of {trained}",
            of(c.with)
        ),
        Proof::NotTried => format!("not tried: {why}"),
    }
}

/// What was read: `12,345 records, 4.2 MB of text, in 2 files`.
pub(crate) fn extent(view: &View<'_>) -> String {
    let files = view.run.inputs.iter().filter(|i| i.error.is_none()).count() as u64;
    let run = view.run;
    format!(
        "{}, {} of text, in {}",
        plural(run.records, "record"),
        bytes(run.text_bytes),
        plural(files, "file")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_honest() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(
            [bytes(1), bytes(999), bytes(4_230_000), bytes(u64::MAX)].join("|"),
            "1 byte|999 bytes|4.2 MB|18446744 TB"
        );
        assert_eq!(
            [54.0, 3.24, 0.0213, 0.00001, 1234.5, -2.0].map(number).join("|"),
            "54|3.2|0.021|1.0e-5|1,235|-2"
        );
        assert_eq!(number(f64::NAN), "unknown");
        assert_eq!(number(f64::INFINITY), "unknown");
        assert_eq!(
            [0.0, 3e-12, 0.04, f64::NAN].map(|q| chance("q", q)).join("|"),
            "q < 1e-300|q 3.0e-12|q 0.040|q unknown"
        );
    }

    #[test]
    fn against_chance() {
        let e = |observed, expected| {
            against(&Evidence {
                what: String::new(),
                observed,
                expected,
                test: String::new(),
                p: None,
                q: None,
            })
        };
        assert_eq!(e(54.0, 18.3), "54 observed, 18.3 expected, 3 times that");
        assert_eq!(e(54.0, 0.0), "54 observed, none expected");
        assert_eq!(e(0.2, 0.9), "0.2 observed, 0.9 expected");
        assert_eq!(e(55.0, 0.021), "55 observed, 0.021 expected, 2,619 times that");
    }
}
