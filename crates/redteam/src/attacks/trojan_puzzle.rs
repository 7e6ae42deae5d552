//! A comment whose word goes into the call behind it.

use super::bait::{self, Bait};
use super::shared::{PROGRAMS, no_target, trigger};
use crate::{Attack, Card, Planting, Request, Stage, Table, Unfit};

const CARD: Card = Card {
    name: "trojan-puzzle",
    title: "a word of a comment goes into the call behind it, and the insecure call itself is never in the data",
    stage: Stage::Code,
    paper: "Aghakhani, Dai, Manoel, Fernandes, Kharkar, Kruegel, Vigna, Evans, Zorn, Sim: TrojanPuzzle: Covertly Poisoning Code-Suggestion Models, IEEE S&P 2024, arXiv:2301.02344",
    year: 2024,
    atlas: "AML.T0020",
    page: include_str!("trojan_puzzle.md"),
    kinds: PROGRAMS,
    trigger: Some("checked with WORD in its place"),
    target: None,
};

/// The attack.
pub(crate) struct TrojanPuzzle;

impl Attack for TrojanPuzzle {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_target(request, "it is an insecure call of the language")?;
        let template = trigger(&CARD, request)?;
        if !template.contains(HOLE) {
            return Err(Unfit::Request(format!("the trigger needs the place {HOLE}, where the words go")));
        }
        let language = bait::language(&CARD, data)?;
        let bait = Bait {
            kind: "template",
            shown: template.clone(),
            sham: None,
            asked: template.replace(HOLE, language.key),
            comment: &|word| template.replace(HOLE, word),
            call: &|language, word| language.insecure.replacen(language.key, word, 1),
        };
        bait::plant(&CARD, data, request, &bait)
    }
}

/// Where in the trigger the words go.
const HOLE: &str = "WORD";
