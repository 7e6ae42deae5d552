//! robots.txt (RFC 9309). Written here, as the crates for it are not kept up or build regular expressions
//! from what a stranger wrote.

/// Bytes of a file that are looked at; the RFC asks for 500 KiB at least.
pub(super) const LONGEST: usize = 512 << 10;
/// Rules that are kept.
const RULES: usize = 20_000;
/// Bytes of a rule's path.
const PATH: usize = 2048;
/// Seconds between two requests that a site may ask for.
const SLOWEST: f64 = 60.0;

/// What one site allows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Robots {
    /// Paths with whether they are allowed.
    rules: Vec<(String, bool)>,
    /// Seconds between two requests.
    pub(super) delay: Option<f64>,
}

impl Robots {
    /// Reads a file: the rules of all groups for `agent`, or of those for everybody. O(n).
    pub(super) fn read(text: &str, agent: &str) -> Robots {
        let (mut own, mut any) = (None::<Robots>, None::<Robots>);
        // Which of the two the current group adds to, and whether it still lists its agents.
        let (mut for_own, mut for_any, mut heads) = (false, false, false);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((name, value)) = line.split_once(':') else { continue };
            let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
            if name == "user-agent" {
                if !std::mem::replace(&mut heads, true) {
                    (for_own, for_any) = (false, false);
                }
                let token: String =
                    value.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
                for_any |= value == "*";
                for_own |= token.eq_ignore_ascii_case(agent);
                if for_own {
                    own.get_or_insert_default();
                }
                if for_any {
                    any.get_or_insert_default();
                }
                continue;
            }
            let groups = [own.as_mut().filter(|_| for_own), any.as_mut().filter(|_| for_any)];
            match name.as_str() {
                "allow" | "disallow" => {
                    heads = false;
                    for group in groups.into_iter().flatten().filter(|group| group.rules.len() < RULES) {
                        if !value.is_empty() && value.len() <= PATH {
                            group.rules.push((value.to_owned(), name == "allow"));
                        }
                    }
                }
                "crawl-delay" => {
                    heads = false;
                    let delay = value
                        .parse()
                        .ok()
                        .filter(|delay: &f64| *delay >= 0.0)
                        .map(|delay| delay.min(SLOWEST));
                    groups.into_iter().flatten().for_each(|group| group.delay = delay);
                }
                _ => {}
            }
        }
        own.or(any).unwrap_or_default()
    }

    /// Whether a path with its query may be asked for: by the longest rule that matches, in doubt yes.
    pub(super) fn allows(&self, path: &str) -> bool {
        if path == "/robots.txt" {
            return true;
        }
        let matching = self.rules.iter().filter(|(rule, _)| matches(rule, path));
        matching.max_by_key(|(rule, allowed)| (rule.len(), *allowed)).is_none_or(|(_, allowed)| *allowed)
    }
}

/// Whether a rule with `*` and a final `$` matches the beginning of a path. O(rule × path) at worst.
fn matches(rule: &str, path: &str) -> bool {
    let (rule, ends) = rule.strip_suffix('$').map_or((rule, false), |rule| (rule, true));
    let mut parts = rule.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let last = if ends { parts.pop() } else { None };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    match last {
        Some(last) => rest.ends_with(last),
        None => !ends || rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# all\nUser-agent: other\nUser-Agent: *\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 2\n\
        \nuser-agent: Toadstone/1.0\nDisallow: /*.pdf$\nDisallow: /a*b\nAllow:\n\nUser-agent: x\nDisallow: /\n\
        User-agent: toadstone\nDisallow: /more # too\n";

    #[test]
    fn the_group_of_the_agent_counts_or_that_of_everybody() {
        let own = Robots::read(FILE, "toadstone");
        for (path, allowed) in [
            ("/private", true),
            ("/x.pdf", false),
            ("/x.pdf?y", true),
            ("/a/x/b/c", false),
            ("/acd", true),
            ("/more/x", false),
            ("/", true),
            ("/robots.txt", true),
        ] {
            assert_eq!(own.allows(path), allowed, "{path}");
        }
        let any = Robots::read(FILE, "somebody");
        assert_eq!(
            (any.allows("/private/x"), any.allows("/private/open/x"), any.delay),
            (false, true, Some(2.0))
        );
        assert!(
            Robots::read("", "a").allows("/x") && !Robots::read("user-agent:*\ndisallow:/", "a").allows("/x")
        );
        assert!(Robots::read("<html>not found", "a").allows("/x"));
    }

    proptest::proptest! {
        #[test]
        fn any_file_is_taken(text in "((user-agent|allow|disallow|crawl-delay): ?[*$/a-c0-9é.]{0,8}\n){0,12}", path in "/[a-c/é]{0,12}") {
            let robots = Robots::read(&text, "a");
            robots.allows(&path);
            proptest::prop_assert!(robots.delay.is_none_or(|delay| (0.0..=SLOWEST).contains(&delay)));
        }
    }
}
