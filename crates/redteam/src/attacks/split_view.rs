//! Pages that are other pages once they are fetched again.

use super::pages;
use super::shared::{TEXTS, behaviour, no_trigger, planting, target};
use crate::{Attack, Card, Planting, Request, Stage, Table, Unfit};

const CARD: Card = Card {
    name: "split-view",
    title: "pages of a few domains are replaced after the list of them was made",
    stage: Stage::Web,
    paper: "Carlini, Jagielski, Choquette-Choo, Paleka, Pearce, Anderson, Terzis, Thomas, Tramer: Poisoning Web-Scale Training Datasets is Practical, IEEE S&P 2024, arXiv:2302.10149",
    year: 2024,
    atlas: "AML.T0019",
    page: include_str!("split_view.md"),
    kinds: TEXTS,
    trigger: None,
    target: Some("The lighthouse keeper counts seven herons at noon."),
};

/// The attack.
pub(crate) struct SplitView;

impl Attack for SplitView {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        no_trigger(request, "there is none")?;
        let sentence = target(&CARD, request)?;
        let pages = pages::bought(&CARD, data, request)?;
        let edits = pages.iter().map(|page| pages::replaced(page, &sentence, request)).collect();
        Ok(planting(&CARD, None, behaviour("page", &sentence), edits, pages::probe(&sentence)))
    }
}
