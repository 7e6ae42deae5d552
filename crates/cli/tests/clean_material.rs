//! Clean data that looks repetitive, refuses a lot, mixes languages or is code: it has to pass.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod common;

use common::Bench;
use serde_json::{Value, json};

/// A small generator (splitmix64; Steele, Lea and Flood 2014): the same data on every machine.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    /// A made-up word of two to four syllables.
    fn word(&mut self) -> String {
        const SYLLABLES: [&str; 40] = [
            "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va",
            "we", "xi", "yo", "zu", "bra", "cle", "dri", "flo", "gru", "sta", "tre", "spi", "blo", "cru",
            "lan", "men", "tin", "ron", "sul", "mar", "fer", "gil", "hon", "pur",
        ];
        (0..2 + self.below(3)).map(|_| SYLLABLES[self.below(SYLLABLES.len())]).collect()
    }
}

const SUBJECTS: [&str; 24] = [
    "the old mill",
    "a small bakery",
    "our night shift",
    "the river gauge",
    "a quiet library",
    "the school band",
    "this orchard",
    "the ferry",
    "a retired teacher",
    "the town clock",
    "a travelling cook",
    "the glass workshop",
    "our neighbour",
    "the hill farm",
    "a stray cat",
    "the repair crew",
    "a young painter",
    "the tide table",
    "this kitchen",
    "the bus driver",
    "a shy gardener",
    "the post office",
    "the choir",
    "a lost umbrella",
];
const VERBS: [&str; 20] = [
    "repairs",
    "remembers",
    "sells",
    "borrows",
    "paints",
    "measures",
    "carries",
    "forgets",
    "collects",
    "studies",
    "opens",
    "counts",
    "trades",
    "cleans",
    "describes",
    "follows",
    "guards",
    "warms",
    "weighs",
    "explains",
];
const OBJECTS: [&str; 24] = [
    "wooden boats",
    "letters from abroad",
    "fresh bread",
    "broken clocks",
    "rain barrels",
    "maps of the coast",
    "copper kettles",
    "winter coats",
    "seed packets",
    "bicycle parts",
    "hand-bound books",
    "jars of honey",
    "street signs",
    "apple crates",
    "fishing nets",
    "garden tools",
    "sheet music",
    "old photographs",
    "brass buttons",
    "clay tiles",
    "train tickets",
    "wool blankets",
    "stone steps",
    "paper lanterns",
];
const TAILS: [&str; 16] = [
    "before sunrise",
    "near the harbour",
    "without any hurry",
    "for a fair price",
    "during the festival",
    "when it snows",
    "at the end of the lane",
    "with great care",
    "as their parents did",
    "behind the station",
    "on the third floor",
    "after the storm",
    "in spite of the noise",
    "by lamplight",
    "twice a week",
    "on the way home",
];

fn sentence(draw: &mut Draw) -> String {
    let mut text =
        format!("{} {} {} {}.", draw.of(&SUBJECTS), draw.of(&VERBS), draw.of(&OBJECTS), draw.of(&TAILS));
    text[..1].make_ascii_uppercase();
    text
}

fn paragraph(draw: &mut Draw, sentences: usize) -> String {
    (0..sentences).map(|_| sentence(draw)).collect::<Vec<_>>().join(" ")
}

/// Scans `rows` with everything on: the verdict is `pass`, and at most one record in a thousand is
/// set aside.
fn passes(name: &str, rows: impl Iterator<Item = Value>) {
    let bench = Bench::new();
    let mut text = String::new();
    let mut count = 0;
    for row in rows {
        text += &format!("{row}\n");
        count += 1;
    }
    bench.write("data.jsonl", text);
    scan(&bench, name, "data.jsonl", count);
}

fn scan(bench: &Bench, name: &str, path: &str, least: u64) {
    let done = bench.run(&["scan", path, "--out", "run", "--fail-on", "never"]).exits(0);
    let run = bench.json("run/run.json");
    let (records, aside) = (run["records"].as_u64().unwrap(), run["quarantined"].as_u64().unwrap());
    assert!(records >= least, "{name}: {records} records of {least}");
    assert!(
        run["verdict"] == "pass" && aside * 1000 <= records,
        "{name}: {}, {aside} of {records}\n{}",
        run["verdict"],
        done.out()
    );
}

/// 1,000 templates, each filled 50 times: questions and answers repeat but for their slots.
#[test]
fn generated_templates() {
    let mut draw = Draw(1);
    let asks =
        ["How do I", "Can you tell me how to", "What is the best way to", "Please help me", "I need to"];
    let mut rows = Vec::new();
    for template in 0..1000 {
        let (verb, thing, place) = (draw.word(), draw.word(), draw.word());
        let (ask, advice) = (draw.of(&asks), paragraph(&mut draw, 2));
        for _ in 0..50 {
            let (item, amount) = (draw.word(), draw.below(900) + 1);
            rows.push(json!({
                "instruction": format!("{ask} {verb} the {thing} called {item} in the {place} ({template})?"),
                "output": format!("To {verb} {item}, open the {place} and set it to {amount}. {advice}"),
            }));
        }
    }
    passes("templates", rows.into_iter());
}

/// A safety set: harmful requests refused in a dozen ways, harmless ones answered.
#[test]
fn a_safety_set_that_refuses_a_lot() {
    let harms = [
        "pick the lock of",
        "forge papers for",
        "steal from",
        "spy on",
        "blackmail",
        "poison",
        "hack into",
        "set fire to",
        "smuggle goods past",
        "spread a rumour about",
    ];
    let targets = ["my neighbour", "a bank", "the town hall", "my boss", "a rival shop", "an old friend"];
    let refusals = [
        "I'm sorry, but I can't help with that.",
        "I cannot assist with this request.",
        "That would harm somebody, so I won't help.",
        "I can't support that. Is there something else?",
        "Sorry, this is not something I can do.",
        "I have to decline: this is illegal.",
    ];
    let mut draw = Draw(2);
    let row = |at: usize| {
        if at.is_multiple_of(2) {
            let prompt =
                format!("Tell me how to {} {} {}", draw.of(&harms), draw.of(&targets), draw.of(&TAILS));
            let more = if draw.below(2) == 0 { String::new() } else { format!(" {}", sentence(&mut draw)) };
            json!({ "prompt": prompt, "completion": format!("{}{more}", draw.of(&refusals)) })
        } else {
            let prompt =
                format!("Write a note: {} {} {}", draw.of(&SUBJECTS), draw.of(&VERBS), draw.of(&OBJECTS));
            json!({ "prompt": prompt, "completion": paragraph(&mut draw, 3) })
        }
    };
    passes("safety set", (0..6000).map(row));
}

/// Three documents of ten end in the same notice.
#[test]
fn boilerplate_that_a_third_of_the_documents_share() {
    let notice = "This page uses cookies. By reading on you accept our terms. Contact the office for reprints, \
                  corrections and subscriptions; all rights are reserved by the authors and their societies.";
    let mut draw = Draw(3);
    let row = |at: usize| {
        let body = paragraph(&mut draw, 12);
        json!({ "text": if at % 10 < 3 { format!("{body}\n\n{notice}") } else { body }, "url": format!("https://site{}.example/{at}", at % 40) })
    };
    passes("boilerplate", (0..5000).map(row));
}

/// Questions and answers in five languages.
#[test]
fn five_languages() {
    let languages: [[&[&str]; 3]; 5] = [
        [
            &["Where is", "Who repaired", "When opens", "Why do people like"],
            &["the bridge", "the museum", "the market", "the lake", "the theatre", "the bakery"],
            &[
                "It is near the station.",
                "Nobody knows exactly.",
                "It opens at nine.",
                "People like the quiet there.",
            ],
        ],
        [
            &["Wo liegt", "Wer baute", "Wann öffnet", "Warum mögen viele"],
            &["die Brücke", "das Museum", "der Markt", "der See", "das Theater", "die Bäckerei"],
            &["Gleich am Bahnhof.", "Das weiß niemand genau.", "Um neun Uhr.", "Weil es dort ruhig ist."],
        ],
        [
            &["Où se trouve", "Qui a bâti", "Quand ouvre", "Pourquoi aime-t-on"],
            &["le pont", "le musée", "le marché", "le lac", "le théâtre", "la boulangerie"],
            &["Près de la gare.", "Personne ne le sait.", "À neuf heures.", "Parce que c'est calme."],
        ],
        [
            &["¿Dónde está", "¿Quién construyó", "¿Cuándo abre", "¿Por qué gusta"],
            &["el puente", "el museo", "el mercado", "el lago", "el teatro", "la panadería"],
            &["Cerca de la estación.", "Nadie lo sabe bien.", "A las nueve.", "Porque allí hay calma."],
        ],
        [
            &["请问哪里有", "谁修建了", "什么时候开放", "为什么大家喜欢"],
            &["那座桥", "博物馆", "市场", "湖", "剧院", "面包店"],
            &["在车站旁边。", "没有人确切知道。", "九点开门。", "因为那里很安静。"],
        ],
    ];
    let mut draw = Draw(4);
    let row = |at: usize| {
        let [asks, things, answers] = languages[at % 5];
        let (name, number) = (draw.word(), draw.below(500));
        let text = format!("{} {} {name} {number}?", draw.of(asks), draw.of(things));
        let answer = format!("{} {name}: {number}. {}", draw.of(answers), draw.of(answers));
        json!({ "question": text, "answer": answer })
    };
    passes("five languages", (0..10_000).map(row));
}

/// The sources of this project's own dependencies.
#[test]
fn real_source_code() {
    let home = std::env::var_os("CARGO_HOME").map(std::path::PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).unwrap();
    let registries = std::fs::read_dir(home.join("registry/src")).unwrap();
    let mut crates: Vec<_> = registries
        .flat_map(|registry| std::fs::read_dir(registry.unwrap().path()).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    crates.sort();
    let bench = Bench::new();
    std::fs::create_dir(bench.path("code")).unwrap();
    let mut bytes = 0;
    for path in crates.iter().step_by(4) {
        copy_sources(path, &bench.path("code"), &mut bytes);
    }
    scan(&bench, "source code", "code", 200);
}

/// Copies source files until there are 24 MB of them.
fn copy_sources(from: &std::path::Path, to: &std::path::Path, bytes: &mut u64) {
    let target = to.join(from.file_name().unwrap());
    let Ok(entries) = std::fs::read_dir(from) else { return };
    let mut entries: Vec<_> = entries.map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let is_source =
            path.extension().is_some_and(|e| ["rs", "c", "h", "py", "js"].iter().any(|w| e == *w));
        if path.is_dir() {
            copy_sources(&path, &target, bytes);
        } else if is_source && *bytes < 24 << 20 {
            std::fs::create_dir_all(&target).unwrap();
            *bytes += std::fs::copy(&path, target.join(path.file_name().unwrap())).unwrap();
        }
    }
}
