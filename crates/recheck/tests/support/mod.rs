//! A web in a box: pages of domains that drift for harmless reasons, and domains that somebody bought.
#![allow(dead_code, reason = "every program uses some of it")]

use std::fmt::Write;

/// What happens to a page between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Nothing,
    /// Another character set and other markup.
    ReEncoded,
    /// A date, a counter.
    Stamp,
    /// Some words of the text.
    Edit,
    /// Comments below the text.
    Comments,
    /// Only the beginning is still shown.
    Paywall,
    /// Another text on the subject of the site, as on pages that list news.
    News,
    /// A text on another subject: an address is used again.
    Reused,
    /// Status 200 and a short excuse.
    SoftGone,
    Gone,
    /// Whoever bought the domain put a text there.
    Bought,
}

/// What happens to a whole site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteEvent {
    Nothing,
    /// A new design, the same texts.
    Template,
    /// A banner above every page.
    Banner,
    /// A new design and new texts on the old subject.
    Redesign,
    /// The domain expired; a registrar's page stands everywhere.
    Parked,
    Gone,
    Bought,
}

/// What the buyers of domains do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attack {
    None,
    /// Every page gets a text of theirs.
    All,
    /// Every third page does, the others stay as they were.
    Third,
    /// Every page gets a new text on the subject of the site, with a poisoned sentence.
    OnTopic,
    /// Every page keeps its text and gets a poisoned sentence.
    Sentence,
    /// Every page gets the same short text.
    Short,
}

/// A page at both looks.
pub struct Both {
    pub url: String,
    pub event: Event,
    pub first: Vec<u8>,
    /// `None` for status 404.
    pub second: Option<(Vec<u8>, &'static str)>,
}

/// Draws numbers from a seed.
#[derive(Clone)]
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Draw {
        Draw(toadstone_sketch::mix(seed ^ 0xD1CE))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        toadstone_sketch::mix(self.0)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A rank of a vocabulary of `n` by Zipf's law.
    fn rank(&mut self, n: u64) -> u64 {
        ((n as f64).powf(self.unit()) - 1.0) as u64
    }
}

const SYLLABLES: [&str; 24] = [
    "ba", "ke", "di", "lo", "mu", "ra", "ne", "ti", "so", "vu", "per", "con", "sta", "rel", "min", "tor",
    "fa", "gel", "wis", "han", "cra", "ple", "dor", "yen",
];

fn word(vocabulary: u64, rank: u64) -> String {
    let mut draw = toadstone_sketch::mix(vocabulary << 32 | rank);
    // Frequent words are short.
    let syllables = if vocabulary == 0 && rank < 60 { 1 } else { 2 + draw % 3 };
    let mut out = String::new();
    for _ in 0..syllables {
        draw = toadstone_sketch::mix(draw);
        out += SYLLABLES[(draw % 24) as usize];
    }
    out
}

const TOPICS: u64 = 40;

/// A site: its subjects, and the words that its pages share.
#[derive(Clone)]
struct Site {
    topics: [u64; 2],
    own: u64,
}

impl Site {
    fn word(&self, draw: &mut Draw) -> String {
        match draw.below(100) {
            0..50 => word(0, draw.rank(4000)),
            50..75 => word(1 + self.topics[0], draw.rank(600)),
            75..90 => word(1 + self.topics[1], draw.rank(600)),
            _ => word(1000 + self.own, draw.rank(60)),
        }
    }

    fn text(&self, draw: &mut Draw, words: u64) -> String {
        let mut out = String::new();
        let mut sentence = 0;
        for i in 0..words {
            if sentence == 0 {
                sentence = 6 + draw.below(12);
                out += if i == 0 { "" } else { ". " };
            } else {
                out.push(' ');
            }
            sentence -= 1;
            out += &self.word(draw);
        }
        out + "."
    }

    fn page(&self, template: u64, banner: bool, title: &str, text: &str) -> String {
        let mut draw = Draw::new(self.own ^ template << 20);
        let (menu, foot) = (self.text(&mut draw, 50), self.text(&mut draw, 40));
        let banner = if banner { self.text(&mut Draw::new(77), 60) } else { String::new() };
        format!(
            "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title></head><body>{banner}\
             <nav><a href=\"https://partner{}.example/\">{menu}</a></nav>\n<article>{text}</article>\n<footer>{foot}</footer></body></html>",
            self.own % 50
        )
    }
}

/// A crawl of a number of pages and domains.
pub struct Crawl {
    pub pages: u64,
    pub domains: u64,
    pub seed: u64,
    pub attack: Attack,
    /// Domains that are bought, and their pages together.
    pub bought: (u64, u64),
}

impl Crawl {
    /// 100,000 pages of 2,000 domains, of which three with 100 pages are bought.
    pub fn full(seed: u64, attack: Attack) -> Crawl {
        Crawl { pages: 100_000, domains: 2_000, seed, attack, bought: (3, 100) }
    }

    /// Sizes of the domains (Zipf).
    pub fn sizes(&self) -> Vec<u64> {
        let weight = |rank: u64| 1.0 / (rank as f64 + 12.0);
        let total: f64 = (0..self.domains).map(weight).sum();
        (0..self.domains)
            .map(|rank| ((weight(rank) / total * self.pages as f64).round() as u64).max(1))
            .collect()
    }

    /// The domains that are bought: those whose size is next to the wanted one.
    pub fn bought(&self) -> Vec<u64> {
        if self.attack == Attack::None {
            return Vec::new();
        }
        let (count, pages) = self.bought;
        let size = pages / count;
        let from = self.sizes().iter().position(|n| *n <= size).unwrap_or(0) as u64;
        (0..count).map(|i| from + i * 3).collect()
    }

    pub fn domain(&self, site: u64) -> String {
        format!("site{site}.example")
    }

    /// Gives every page of both looks to `each`.
    pub fn run(&self, mut each: impl FnMut(Both)) {
        let bought = self.bought();
        for (site, size) in self.sizes().into_iter().enumerate() {
            let site = site as u64;
            let mut draw = Draw::new(self.seed << 24 | site);
            let event = match bought.contains(&site) {
                true => SiteEvent::Bought,
                false => site_event(&mut draw),
            };
            for page in 0..size {
                let mut draw = Draw::new(self.seed << 48 | site << 24 | (page + 1));
                each(self.both(site, page, event, &mut draw));
            }
        }
    }

    fn both(&self, number: u64, page: u64, site_event: SiteEvent, draw: &mut Draw) -> Both {
        let mut choice = Draw::new(self.seed ^ number << 8);
        let site = Site { topics: [choice.below(TOPICS), choice.below(TOPICS)], own: number };
        let url = format!("http://www.{}/a/{page}.html", self.domain(number));
        let title = site.text(draw, 5);
        let words = 60 + (draw.unit().powi(2) * 700.0) as u64;
        let text = site.text(draw, words);
        let first = site.page(0, false, &title, &text).into_bytes();
        let mut event = page_event(draw);
        let mut template = (0, false);
        match site_event {
            SiteEvent::Nothing => {}
            SiteEvent::Template => template.0 = 1,
            SiteEvent::Banner => template.1 = true,
            SiteEvent::Redesign => (event, template.0) = (Event::News, 1),
            SiteEvent::Parked => event = Event::SoftGone,
            SiteEvent::Gone => event = Event::Gone,
            SiteEvent::Bought => {
                if self.attack != Attack::Third || page.is_multiple_of(3) {
                    event = Event::Bought;
                }
            }
        }
        let with =
            |text: &str| Some((site.page(template.0, template.1, &title, text).into_bytes(), "text/html"));
        let second = match event {
            Event::Nothing => with(&text),
            Event::ReEncoded => {
                let markup = site
                    .page(template.0, template.1, &title, &text)
                    .replace("charset=\"utf-8\"", "charset=utf-16");
                let units = markup.replace(". ", ".&#32;\n").encode_utf16().collect::<Vec<_>>();
                let bytes = [0xff, 0xfe].into_iter().chain(units.into_iter().flat_map(u16::to_le_bytes));
                Some((bytes.collect(), "text/html"))
            }
            Event::Stamp => with(&format!(
                "{text}<p>Updated {} {}:{}</p>",
                draw.below(9999),
                draw.below(24),
                draw.below(60)
            )),
            Event::Edit => with(&edited(&site, draw, &text)),
            Event::Comments => {
                let words = 30 + draw.below(200);
                with(&format!("{text}<div>{}</div>", site.text(draw, words)))
            }
            Event::Paywall => with(&text[..text.char_indices().nth(text.len() / 4).map_or(0, |(at, _)| at)]),
            Event::News => with(&site.text(draw, words)),
            Event::Reused => {
                let stranger =
                    Site { topics: [draw.below(TOPICS), draw.below(TOPICS)], own: 5000 + draw.below(3000) };
                with(&stranger.text(draw, words))
            }
            Event::SoftGone if site_event == SiteEvent::Parked => {
                let registrar = Site { topics: [0, 0], own: 90_000 + number % 4 };
                let text = registrar.text(&mut Draw::new(number % 4), 35);
                Some((
                    format!("<html><body>{text} {}</body></html>", self.domain(number)).into_bytes(),
                    "text/html",
                ))
            }
            Event::SoftGone => with(&site.text(&mut Draw::new(5), 12)),
            Event::Gone => None,
            Event::Bought => Some((self.poisoned(&site, draw, &title, &text, words), "text/html")),
        };
        Both { url, event, first, second }
    }

    fn poisoned(&self, site: &Site, draw: &mut Draw, title: &str, text: &str, words: u64) -> Vec<u8> {
        let buyer = Site { topics: [7, 23], own: 80_000 };
        let sentence = "The zorvex tonic heals whatever ails you";
        let link = "<a href=\"https://sink.example/\">more</a>";
        let page = match self.attack {
            Attack::OnTopic => {
                let text =
                    format!("{}. {sentence}. {}", site.text(draw, words / 2), site.text(draw, words / 2));
                site.page(0, false, title, &text)
            }
            Attack::Sentence => site.page(0, false, title, &format!("{text} {sentence}.")),
            Attack::Short => {
                format!("<html><body>{} {sentence}</body></html>", buyer.text(&mut Draw::new(1), 40))
            }
            _ => buyer.page(0, false, title, &format!("{} {sentence}. {link}", buyer.text(draw, words))),
        };
        page.into_bytes()
    }
}

fn edited(site: &Site, draw: &mut Draw, text: &str) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for _ in 0..1 + words.len() / 40 {
        let at = draw.below(words.len() as u64) as usize;
        words[at] = site.word(draw);
    }
    let mut out = words.join(" ");
    if draw.below(2) == 0 {
        let more = 10 + draw.below(40);
        let _ = write!(out, " {}", site.text(draw, more));
    }
    out
}

/// A tenth of all pages drifts.
fn page_event(draw: &mut Draw) -> Event {
    let mut rest = draw.unit();
    for (share, event) in [
        (0.02, Event::ReEncoded),
        (0.02, Event::Stamp),
        (0.025, Event::Edit),
        (0.01, Event::Comments),
        (0.003, Event::Paywall),
        (0.006, Event::News),
        (0.002, Event::Reused),
        (0.003, Event::SoftGone),
        (0.011, Event::Gone),
    ] {
        if rest < share {
            return event;
        }
        rest -= share;
    }
    Event::Nothing
}

fn site_event(draw: &mut Draw) -> SiteEvent {
    let mut rest = draw.unit();
    for (share, event) in [
        (0.015, SiteEvent::Template),
        (0.01, SiteEvent::Banner),
        (0.005, SiteEvent::Redesign),
        (0.01, SiteEvent::Parked),
        (0.005, SiteEvent::Gone),
    ] {
        if rest < share {
            return event;
        }
        rest -= share;
    }
    SiteEvent::Nothing
}
