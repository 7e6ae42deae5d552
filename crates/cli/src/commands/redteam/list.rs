//! `redteam list`: the attacks.

use serde::Serialize;
use toadstone_core::Kind;
use toadstone_redteam::{Card, registry};

use crate::Exit;
use crate::failure::Failure;
use crate::terminal::print;

/// List the attacks
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "human", value_enum)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A table
    Human,
    /// A JSON array
    Json,
}

/// An attack for machines.
#[derive(Serialize)]
struct Listed {
    name: &'static str,
    title: &'static str,
    stage: &'static str,
    kinds: Vec<&'static str>,
    year: u16,
    atlas: &'static str,
    paper: &'static str,
    trigger: Option<&'static str>,
    target: Option<&'static str>,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let cards: Vec<&Card> = registry().iter().map(|attack| attack.card()).collect();
    print(match args.format {
        Format::Human => table(&cards),
        Format::Json => {
            let all: Vec<Listed> = cards.iter().map(|card| listed(card)).collect();
            serde_json::to_string_pretty(&all).map_err(Failure::new)? + "\n"
        }
    })?;
    Ok(Exit::Pass)
}

fn kinds(card: &Card) -> Vec<&'static str> {
    card.kinds.iter().map(|kind: &Kind| kind.name()).collect()
}

fn listed(card: &Card) -> Listed {
    Listed {
        name: card.name,
        title: card.title,
        stage: card.stage.name(),
        kinds: kinds(card),
        year: card.year,
        atlas: card.atlas,
        paper: card.paper,
        trigger: card.trigger,
        target: card.target,
    }
}

fn table(cards: &[&Card]) -> String {
    let head = ["attack", "stage", "for", "paper", "ATLAS"].map(str::to_owned);
    let row = |card: &&Card| {
        let year = card.year.to_string();
        [
            card.name.to_owned(),
            card.stage.name().to_owned(),
            kinds(card).join(", "),
            year,
            card.atlas.to_owned(),
        ]
    };
    let rows: Vec<[String; 5]> = [head].into_iter().chain(cards.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    let mut out = String::new();
    for row in &rows {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        out += cells.join("  ").trim_end();
        out.push('\n');
    }
    out + "\nnext: toadstone redteam explain ATTACK\n"
}
