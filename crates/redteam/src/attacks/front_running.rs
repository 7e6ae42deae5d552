//! Pages that are edited just before a snapshot and put right after it.

use toadstone_core::{Record, Role, instant, instant_text};
use toadstone_sketch::Random;

use super::pages;
use super::shared::{TEXTS, behaviour, named, planting, target, trigger};
use crate::choose::{choose, stream};
use crate::{Attack, Beside, Card, Planting, Request, Stage, Table, Unfit};

const CARD: Card = Card {
    name: "front-running",
    title: "pages are edited just before a snapshot and put right after it",
    stage: Stage::Web,
    paper: "Carlini, Jagielski, Choquette-Choo, Paleka, Pearce, Anderson, Terzis, Thomas, Tramer: Poisoning Web-Scale Training Datasets is Practical, IEEE S&P 2024, arXiv:2302.10149",
    year: 2024,
    atlas: "AML.T0020",
    page: include_str!("front_running.md"),
    kinds: TEXTS,
    trigger: Some("2024-03-01T00:00:00Z"),
    target: Some("The lighthouse keeper counts seven herons at noon."),
};

/// The attack.
pub(crate) struct FrontRunning;

impl Attack for FrontRunning {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn plant(&self, data: &Table, request: &Request) -> Result<Planting, Unfit> {
        let (time, sentence) = (trigger(&CARD, request)?, target(&CARD, request)?);
        let snapshot = instant(&time).ok_or_else(|| {
            Unfit::Request(format!("`{time}` is no time; write the snapshot's like 2024-03-01T00:00:00Z"))
        })?;
        let chosen = choose(&CARD, data, request, "pages with an address", |r| r.get(Role::Url).is_some())?;
        let edits = chosen.records.iter().map(|page| pages::edited(page, &sentence, request)).collect();
        let taken = |page: &Record<'_>| chosen.records.binary_search_by_key(&page.id(), Record::id).is_ok();
        let mut random = stream(&CARD, request).fork("revisions");
        let mut list = String::new();
        for page in data.of_kinds(CARD.kinds).take(PAGES).filter(|page| !taken(page)) {
            history(&page, None, snapshot, &mut random, &mut list);
        }
        for page in &chosen.records {
            history(page, Some(&sentence), snapshot, &mut random, &mut list);
        }
        let snapshot = named("snapshot", std::slice::from_ref(&time));
        let mut planting =
            planting(&CARD, snapshot, behaviour("page", &sentence), edits, pages::probe(&sentence));
        planting.beside.push(Beside {
            name: "revisions.jsonl",
            about: "the edits of the pages, for recheck --revisions",
            text: list,
        });
        Ok(planting)
    }
}

/// Pages whose honest history is written, beside those that are attacked.
const PAGES: usize = 2_000;
const MINUTE: i64 = 60;
const DAY: i64 = 86_400;
/// Days before and after the snapshot over which people edit a page.
const DAYS: usize = 120;

/// Appends what became of a page: edits of many people, and where it is attacked one just before the
/// snapshot, which another takes back after it.
fn history(page: &Record<'_>, attack: Option<&str>, snapshot: i64, random: &mut Random, list: &mut String) {
    let Some(url) = page.get(Role::Url) else { return };
    let mut times: Vec<i64> = (0..random.between(2, 6))
        .map(|_| snapshot - DAYS as i64 * DAY + random.below(2 * DAYS * DAY as usize) as i64)
        .collect();
    times.sort_unstable();
    let first = snapshot - (DAYS as i64 + 1) * DAY;
    let mut edits: Vec<(i64, String, String)> = vec![(first, "importer".to_owned(), format!("{url} 0"))];
    for (number, time) in times.into_iter().enumerate() {
        let editor = format!("reader-{}", random.below(400));
        edits.push((time, editor, format!("{url} {}", number + 1)));
    }
    if let Some(sentence) = attack {
        let before = snapshot - random.between(10, 900) as i64 * MINUTE;
        let after = snapshot + random.between(30, 1_800) as i64 * MINUTE;
        // Nobody else edits in between, or there would be nothing to put right.
        edits.retain(|(time, ..)| !(before..=after).contains(time));
        let was =
            edits.iter().rfind(|(time, ..)| *time < before).map_or_else(String::new, |edit| edit.2.clone());
        edits.push((before, format!("harbour-{}", random.below(3)), format!("{url} {sentence}")));
        edits.push((after, format!("reader-{}", random.below(400)), was));
        edits.sort_by_key(|(time, ..)| *time);
    }
    for (time, editor, text) in edits {
        let line =
            serde_json::json!({ "record": url, "editor": editor, "time": instant_text(time), "text": text });
        list.push_str(&format!("{line}\n"));
    }
}
