use super::*;
use toadstone_quality::{Setting, Standards};

fn mistake(text: &str) -> String {
    Config::parse(Path::new("toadstone.toml"), text.to_owned()).unwrap_err().render(false)
}

fn policy(text: &str) -> Config {
    Config::parse(Path::new("toadstone.toml"), text.to_owned()).unwrap()
}

#[test]
fn the_template_is_the_default_and_its_examples_are_valid() {
    assert_eq!(policy(TEMPLATE).policy, Policy::default());
    assert_eq!(include_str!("../../../../toadstone.toml"), TEMPLATE);
    assert_eq!(policy(TEMPLATE).quality, Standards::default());
    let example = |section: &str| -> String {
        let lines = TEMPLATE.lines().skip_while(|line| line.trim_start_matches("# ") != section);
        let lines = lines.take_while(|line| line.starts_with("# "));
        lines.map(|line| line.trim_start_matches("# ").to_owned() + "\n").collect()
    };
    assert_eq!(policy(&example("[[waivers]]")).policy.waivers.len(), 1);
    let seal = policy(&example("[seal]")).seal;
    assert_eq!((seal.keys.len(), seal.threshold, seal.max_age_days), (2, Some(2), Some(90)));
    assert_eq!((seal.identity.as_deref(), seal.require_scan), (Some("carol@example.org"), true));
    assert_eq!(seal.max_scan_age_days, Some(30));
    let quality = policy(&example("[quality]")).quality;
    assert_eq!((quality.settings.len(), quality.languages.len()), (3, 2));
}

#[test]
fn settings_are_read() {
    let c = policy(
        "policy.fail-on = 'never'\npolicy.block.severity = 'critical'\n\
         [[waivers]]\nfinding = 'a'\nreason = 'b'\nexpires = 2027-02-28\n",
    );
    assert!(c.never_fail);
    let limits = policy("[detectors]\nhidden-text.limit = 7.5\nplanted-trigger.limit = 12\n").policy.limits;
    assert_eq!(limits, [("hidden-text".to_owned(), 7.5), ("planted-trigger".to_owned(), 12.0)].into());
    assert_eq!(c.policy.block.severity, toadstone_core::Severity::Critical);
    assert_eq!(c.policy.block.confidence, toadstone_core::Confidence::High);
    assert_eq!(c.policy.waivers[0].expires, "2027-02-28");
}

#[test]
fn standards_of_quality_are_read() {
    let read =
        policy("[quality]\nlanguages = ['eng']\nmany-words.limit = 1_000\nfew-words = { enabled = false }\n");
    let setting = |name: &str| read.quality.settings[name];
    assert_eq!(read.quality.languages, ["eng"]);
    assert_eq!(setting("many-words"), Setting { on: None, limit: Some(1000.0) });
    assert_eq!(setting("few-words"), Setting { on: Some(false), limit: None });
}

#[test]
fn mistakes_of_quality_are_underlined() {
    insta::assert_snapshot!(mistake("[quality]\nfew-wrods = { limit = 3 }\n"));
    insta::assert_snapshot!(mistake("[quality]\nfew-words = 3\n"));
    insta::assert_snapshot!(mistake("[quality]\nfew-words = { limit = -3 }\n"));
    insta::assert_snapshot!(mistake("[quality]\nfew-words = { limt = 3 }\n"));
    insta::assert_snapshot!(mistake("[quality]\nfew-words = { enabled = \"no\" }\n"));
    insta::assert_snapshot!(mistake("[quality]\nlanguages = [\"en\"]\n"));
    insta::assert_snapshot!(mistake("[quality]\nlanguages = \"eng\"\n"));
}

#[test]
fn mistakes_are_underlined() {
    insta::assert_snapshot!(mistake("[policy]\nfail_on = \"block\"\n"));
    insta::assert_snapshot!(mistake("[policy]\nfail-on = \"blok\"\n"));
    insta::assert_snapshot!(mistake("[policy]\nblock = { severity = 3 }\n"));
    insta::assert_snapshot!(mistake("[polcy]\n"));
    insta::assert_snapshot!(mistake("[policy\n"));
    insta::assert_snapshot!(mistake("[detectors.nonsense]\nenabled = false\n"));
    insta::assert_snapshot!(mistake(
        "[[waivers]]\nfinding = \"a\"\nreason = \"b\"\nexpires = \"2027-02-30\"\n"
    ));
    insta::assert_snapshot!(mistake("[[waivers]]\nfinding = \"a\"\nexpires = \"2027-02-28\"\n"));
    insta::assert_snapshot!(mistake(
        "[[waivers]]\nfinding = \"a\"\nreason = \" \"\nexpires = \"2027-02-28\"\n"
    ));
    insta::assert_snapshot!(mistake("[waivers]\nfinding = \"a\"\n"));
    insta::assert_snapshot!(mistake("policy = 4"));
    insta::assert_snapshot!(mistake("[detectors.hidden-text]\nlimit = -1\n"));
}

#[test]
fn stale_waivers_point_into_the_file() {
    let c = policy("[[waivers]]\nfinding = \"gone\"\nreason = \"b\"\nexpires = \"2020-01-01\"\n");
    let decision = toadstone_core::decide(&[], &c.policy, "2026-01-01");
    insta::assert_snapshot!(c.stale_waivers(&decision)[0].render(false));
}
