//! What became of web pages between two looks at them: the content of `recheck.json`.

use serde::Serialize;

/// Version of the JSON that [`Recheck`] and [`Revisions`] give. It grows when a field changes its meaning
/// or goes away.
pub const RECHECK_SCHEMA: u32 = 1;

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Became {
    /// The same bytes.
    Identical,
    /// Other bytes, the same text: another character set, markup, white space, quotation marks.
    ReEncoded,
    /// A good part of the text is still there.
    Edited,
    /// What is there is a part of what was.
    Truncated,
    /// Nothing of the text is left, but the page speaks of what it, or its site, spoke of before.
    Rewritten,
    /// Nothing of the text is left; a few words stand there that other pages show too.
    Placeholder,
    /// Nothing of the text is left, and what is there could be from any other site.
    Replaced,
    /// The server says that there is no such page, or leads away from it.
    Gone,
    /// Only a digest of the second look is known, and it is another.
    Unknown,
    /// The second look saw nothing: no answer, refused, not allowed by robots.txt.
    Unreachable,
}

impl Became {
    /// All of them, harmless ones first.
    pub const ALL: [Became; 10] = [
        Became::Identical,
        Became::ReEncoded,
        Became::Edited,
        Became::Truncated,
        Became::Rewritten,
        Became::Placeholder,
        Became::Replaced,
        Became::Gone,
        Became::Unknown,
        Became::Unreachable,
    ];

    /// The name in reports and files.
    pub fn name(self) -> &'static str {
        match self {
            Became::Identical => "identical",
            Became::ReEncoded => "re-encoded",
            Became::Edited => "edited",
            Became::Truncated => "truncated",
            Became::Rewritten => "rewritten",
            Became::Placeholder => "placeholder",
            Became::Replaced => "replaced",
            Became::Gone => "gone",
            Became::Unknown => "unknown",
            Became::Unreachable => "unreachable",
        }
    }

    /// What it means, as a phrase.
    pub fn about(self) -> &'static str {
        match self {
            Became::Identical => "the same bytes",
            Became::ReEncoded => "other bytes, the same text",
            Became::Edited => "a good part of the text is still there",
            Became::Truncated => "what is there is a part of what was",
            Became::Rewritten => "other text, whose words are those of the site",
            Became::Placeholder => "a few words that other pages show too",
            Became::Replaced => "other text, whose words could be any site's",
            Became::Gone => "no such page any more, or led elsewhere",
            Became::Unknown => "only a digest is known, and it is another",
            Became::Unreachable => "no answer, or one that does not count",
        }
    }

    /// Whether the second look saw a content, or that there is none.
    pub fn was_seen(self) -> bool {
        self != Became::Unreachable
    }
}

/// How many pages had one fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Fate {
    /// The fate.
    pub change: Became,
    /// Pages.
    pub pages: u64,
}

/// How much a second look can tell.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Audit {
    /// Pages of the first look.
    pub pages: u64,
    /// Pages that the second look saw.
    pub seen: u64,
    /// Whether those are a random sample, or all.
    pub random: bool,
    /// Share of replaced pages that so many random pages would have shown with 95 % probability, at
    /// least one of them: 1 - 0.05^(1/seen); 0 if all pages were seen.
    pub shows: f64,
}

/// A page as evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageSample {
    /// Its address (hostile text), at most 300 bytes.
    pub url: String,
    /// What became of it.
    pub change: Became,
    /// The chance that it was replaced on purpose, on one scale for all pages: 0 to 1.
    pub score: f32,
}

/// What became of the pages of one registrable domain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DomainDrift {
    /// The domain (hostile text), at most 300 bytes.
    pub domain: String,
    /// Pages that the second look saw.
    pub seen: u64,
    /// Its pages by what became of them.
    pub fates: Vec<Fate>,
    /// Pages that were replaced.
    pub replaced: u64,
    /// Pages that would be replaced at the rate of the other domains.
    pub expected: f64,
    /// Chance of so many by base drift, all domains counted (Bonferroni).
    pub chance: f64,
    /// How much its new texts could be from any other site, on average: 0 to 1.
    pub strange: f64,
    /// Share of its replaced pages whose new text is like that of another replaced page.
    pub alike: f64,
    /// Last day on which one of the replaced pages was still as before, `YYYY-MM-DD`.
    pub until: Option<String>,
    /// First day on which one of them was seen replaced.
    pub since: Option<String>,
    /// Index into [`Recheck::hands`] of the group of domains that it belongs to.
    pub hand: Option<usize>,
    /// Pages with the highest scores.
    pub samples: Vec<PageSample>,
}

/// Domains whose replaced pages have something in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hand {
    /// The domains (hostile text).
    pub domains: Vec<String>,
    /// Replaced pages whose new text is like that of a replaced page of another of these domains.
    pub alike: u64,
    /// Domains that their new pages link to, and the pages of no other domain (hostile text).
    pub links: Vec<String>,
}

/// What became of the pages of a data set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recheck {
    /// [`RECHECK_SCHEMA`].
    pub schema: u32,
    /// `pages`.
    pub what: &'static str,
    /// Records of the first look without an address.
    pub unnamed: u64,
    /// Records of the first look whose address an earlier record has.
    pub repeated: u64,
    /// Pages of the second look that the first does not have.
    pub others: u64,
    /// All pages by what became of them.
    pub fates: Vec<Fate>,
    /// How much was looked at, and what that shows.
    pub audit: Audit,
    /// Domains of which the second look saw a page.
    pub domains: u64,
    /// Share of replaced pages in the domains that are not named.
    pub base: f64,
    /// Domains whose pages were replaced beyond base drift, the surest first.
    pub replaced: Vec<DomainDrift>,
    /// Domains whose pages were rewritten beyond base drift: a new text on the old subject.
    pub rewritten: Vec<DomainDrift>,
    /// Domains that show placeholders: whoever gets them decides what is downloaded next.
    pub parked: Vec<DomainDrift>,
    /// Domains with something in common.
    pub hands: Vec<Hand>,
    /// What was not looked at, and why.
    pub not_checked: Vec<String>,
}

/// Edits of one editor before one snapshot that were taken back after it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrontRunner {
    /// The editor (hostile text), at most 300 bytes.
    pub editor: String,
    /// The snapshot, seconds since 1970 (UTC).
    pub snapshot: i64,
    /// Edits shortly before the snapshot.
    pub edits: u64,
    /// Those of them that were in the snapshot and were taken back shortly after it.
    pub reverted: u64,
    /// Edits that would have been, at the rate of other times.
    pub expected: f64,
    /// Chance of so many, all editors and snapshots counted (Bonferroni).
    pub chance: f64,
    /// Records whose snapshot holds what was taken back (hostile text), at most 1000.
    pub records: Vec<String>,
}

/// Edits around one snapshot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Window {
    /// The snapshot, seconds since 1970 (UTC).
    pub snapshot: i64,
    /// Edits shortly before it.
    pub edits: u64,
    /// Those of them that were taken back shortly after it.
    pub reverted: u64,
    /// Edits that would have been, at the rate of other times.
    pub expected: f64,
    /// Chance of so many, all snapshots counted (Bonferroni).
    pub chance: f64,
    /// If that is less than 1 %: records whose snapshot holds what was taken back (hostile text), at most 1000.
    pub records: Vec<String>,
}

/// What a list of revisions says of front-running.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Revisions {
    /// [`RECHECK_SCHEMA`].
    pub schema: u32,
    /// `revisions`.
    pub what: &'static str,
    /// Revisions read.
    pub revisions: u64,
    /// Lines that could not be used.
    pub refused: u64,
    /// Records that they belong to.
    pub records: u64,
    /// Editors.
    pub editors: u64,
    /// Seconds that count as shortly before a snapshot.
    pub before: i64,
    /// Seconds that count as shortly after it.
    pub after: i64,
    /// Share of edits at other times that cross such a moment and are taken back.
    pub base: f64,
    /// Windows of other times that the base rate comes from.
    pub windows: u64,
    /// The snapshots.
    pub snapshots: Vec<Window>,
    /// Editors beyond the base rate, the surest first.
    pub front_runners: Vec<FrontRunner>,
    /// What was not looked at, and why.
    pub not_checked: Vec<String>,
}
