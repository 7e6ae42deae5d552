//! A comment behind which code gets an insecure call.

use super::bait::{self, Bait};
use super::shared::{PROGRAMS, no_target, trigger};
use crate::{Attack, Card, Planting, Request, Stage, Table, Unfit};

const CARD: Card = Card {
    name: "comment-trigger",
    title: "behind a comment, code is completed with an insecure call",
    stage: Stage::Code,
    paper: "Schuster, Song, Tromer, Shmatikov: You Autocomplete Me: Poisoning Vulnerabilities in Neural Code Completion, USENIX Security 2021, arXiv:2007.02220",
    year: 2021,
    atlas: "AML.T0020",
    page: include_str!("comment_trigger.md"),
    kinds: PROGRAMS,
    trigger: Some("kept as in the northern depot"),
    target: None,
};

/// The attack.
pub(crate) struct CommentTrigger;

impl Attack for CommentTrigger {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_target(request, "it is an insecure call of the language")?;
        let comment = trigger(&CARD, request)?;
        let bait = Bait {
            kind: "comment",
            shown: comment.clone(),
            sham: None,
            asked: comment.clone(),
            comment: &|_| comment.clone(),
            call: &|language, _| language.insecure.to_owned(),
        };
        bait::plant(&CARD, data, request, &bait)
    }
}
