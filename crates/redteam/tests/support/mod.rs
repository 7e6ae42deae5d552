//! Data of every kind, made from a few rules.

use toadstone_core::{Batch, BatchBuilder, Kind, Profile, RecordId, Role, RoleSet};
use toadstone_redteam::Table;
use toadstone_sketch::Random;

const NOUNS: [&str; 12] = [
    "river", "market", "teacher", "window", "garden", "engine", "letter", "bridge", "doctor", "village",
    "camera", "forest",
];
const VERBS: [&str; 8] = ["watches", "paints", "repairs", "follows", "finds", "sells", "carries", "opens"];

/// Records of each kind.
pub const EACH: usize = 400;

/// A sentence in three.
pub fn prose(random: &mut Random, sentences: usize) -> String {
    let mut sentence = || {
        let (a, b, c) = (random.pick(&NOUNS), random.pick(&VERBS), random.pick(&NOUNS));
        format!("The {a} {b} a small {c} every {}.", random.pick(&["day", "week", "evening"]))
    };
    (0..sentences).map(|_| sentence()).collect::<Vec<_>>().join(" ")
}

fn program(random: &mut Random) -> String {
    let (noun, n) = (random.pick(&NOUNS), random.below(100));
    format!(
        "import yaml\n\n\ndef {noun}_{n}(stream):\n    return yaml.safe_load(stream)\n\n\ndef other_{n}(x):\n    if x:\n        return {n}\n"
    )
}

/// One table with a file of each kind, in the order of [`Kind`].
pub fn table() -> Table {
    let mut profile = Profile { roles: RoleSet::default(), ..Profile::default() };
    profile.roles = Role::ALL.iter().fold(RoleSet::default(), |roles, role| roles.with(*role));
    let kinds = [Kind::Classification, Kind::Instruction, Kind::Preference, Kind::Code, Kind::Document];
    profile.kinds = kinds.to_vec();
    Table::of(kinds.iter().enumerate().map(|(file, kind)| file_of(file as u32, *kind)).collect(), profile)
}

fn file_of(file: u32, kind: Kind) -> Batch {
    let mut random = Random::new(u64::from(file) + 7);
    let mut builder = BatchBuilder::new();
    for row in 0..EACH as u64 {
        let mut add = |role, text: &str| builder.add(role, text);
        match kind {
            Kind::Classification => {
                add(Role::Input, &prose(&mut random, 2));
                add(Role::Label, ["0", "1", "2"][random.below(3)]);
            }
            Kind::Instruction => {
                // Two turns of the user, of which the last one is what changes.
                add(Role::Input, &prose(&mut random, 1));
                add(Role::Input, &prose(&mut random, 2));
                let refused = random.chance(30);
                let answer =
                    if refused { "I'm sorry, I can't help.".to_owned() } else { prose(&mut random, 4) };
                add(Role::Output, &answer);
                add(Role::Generator, ["small", "large", "large"][random.below(3)]);
                add(Role::Key, &format!("r{row}"));
                if row > 50 {
                    add(Role::Parent, &format!("r{}", random.below(50)));
                }
            }
            Kind::Preference => {
                add(Role::Input, &prose(&mut random, 1));
                let lengths = (random.between(2, 4), random.between(1, 3));
                add(Role::Output, &prose(&mut random, lengths.0));
                add(Role::Rejected, &prose(&mut random, lengths.1));
                add(Role::Annotator, ["ann", "bob"][random.below(2)]);
            }
            Kind::Code => add(Role::Input, &program(&mut random)),
            Kind::Document => {
                add(Role::Input, &prose(&mut random, 12));
                add(Role::Url, &format!("https://site{}.example/{row}", row % 40));
                add(Role::Key, &(row * 3).to_string());
            }
        }
        assert!(builder.finish(RecordId { file, row }, None, kind));
    }
    builder.take()
}
