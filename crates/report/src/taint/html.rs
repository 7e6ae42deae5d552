//! `taint.html`: one page that needs nothing else, and runs nothing.

use std::io;

use maud::{Markup, html};
use toadstone_core::lineage::{Diversity, Generator, Habit, HabitKind, Lineage};
use toadstone_core::visible;

use super::{Taint, sentences};
use crate::html::{shell, svg, text, top};
use crate::sources::charts;
use crate::{Style, words};

/// Rows of a table.
const ROWS: usize = 200;

pub(super) fn write(taint: &Taint<'_>, _: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let lineage = taint.lineage;
    let body = html! {
        (header(lineage))
        main {
            (links(lineage))
            (habits(lineage))
            (generators(lineage))
            (generations(lineage))
            (multipliers(lineage))
            (diversity(lineage))
            (gates(lineage))
            section aria-labelledby="next-head" {
                h2 #next-head { "What to do next" }
                @for command in taint.next { pre { code { (visible(command)) } } }
            }
        }
        footer { p { "toadstone, lineage schema " (lineage.schema) ". Names are shown escaped." } }
    };
    out.write_all(shell("toadstone: taint", &body, None).into_string().as_bytes())?;
    out.write_all(b"\n")
}

fn header(lineage: &Lineage) -> Markup {
    let blast = &lineage.blast;
    html! {
        header {
            p.brand { (svg::mark()) "toadstone" span { "lineage of the training data" } }
            div.verdict.(if blast.descendants > 0 { "review" } else { "none" }) {
                div {
                    p.word { (sentences::extent(lineage)) }
                    h1 { (sentences::headline(lineage)) }
                    @if let Some(entrance) = sentences::entrance(lineage) { p { (entrance) } }
                }
            }
            dl.figures {
                (top::figure(&words::count(lineage.records), "records"))
                (top::figure(&words::count(lineage.generations.len() as u64), "generations"))
                (top::figure(&words::count(blast.roots), "are poison"))
                (top::figure(&words::count(blast.descendants), "descend from them"))
                (top::figure(&words::count(lineage.links.edges), "links"))
            }
        }
    }
}

fn links(lineage: &Lineage) -> Markup {
    let damage = sentences::damage(lineage);
    html! {
        section.coverage aria-label="Where it comes from, and what is wrong with the links" {
            div {
                h2 { "From" }
                @if lineage.blast.causes.is_empty() { p.quiet { "Nothing is known to be poison." } }
                ul.checks {
                    @for cause in lineage.blast.causes.iter().take(ROWS) {
                        li.not-run {
                            (text::value(&cause.cause, sentences::NAME)) " "
                            span.tally { (words::plural(cause.roots, "record")) ", " (words::plural(cause.descendants, "descendant")) }
                            @if !cause.title.is_empty() { p { (text::sentence(&cause.title, 300)) } }
                        }
                    }
                }
                @if lineage.blast.descendants > 0 {
                    h3 { "Steps from the nearest of them" }
                    table.narrow {
                        thead { tr { th.num { "Steps" } th.num { "Records" } } }
                        tbody { @for one in lineage.blast.distances.iter().take(40) {
                            tr { td.num { (one.distance) } td.num { (words::count(one.records)) } }
                        } }
                    }
                }
            }
            div {
                h2 { "Links" }
                @if damage.is_empty() { p.quiet { "Every parent that is named is here, once, and nothing descends from itself." } }
                ul.checks {
                    @for (_, what, of) in &damage {
                        li.not-run { (what) @if !of.first.is_empty() { p { "First: " (sentences::places(&of.first, 3)) } } }
                    }
                    @if lineage.links.prompts_elsewhere > 0 {
                        li.ran { (words::plural(lineage.links.prompts_elsewhere, "prompt id")) " of prompts that are not in this data" }
                    }
                }
                @if lineage.blast.files.len() > 1 {
                    h3 { "Files" }
                    table.narrow {
                        thead { tr { th { "File" } th.num { "Poison" } th.num { "Descendants" } } }
                        tbody { @for file in lineage.blast.files.iter().take(ROWS) {
                            tr { th scope="row" { (text::value(&file.file, sentences::NAME)) } td.num { (words::count(file.roots)) } td.num { (words::count(file.descendants)) } }
                        } }
                    }
                }
                @if !lineage.not_checked.is_empty() {
                    h3 { "Not checked" }
                    ul.checks { @for what in &lineage.not_checked { li.not-run { (what) } } }
                }
            }
        }
    }
}

fn habits(lineage: &Lineage) -> Markup {
    let item = |habit: &Habit| {
        let class = if habit.kind == HabitKind::Style { "ran" } else { "not-run" };
        html! {
            li.(class) {
                (text::value(&habit.generator, sentences::NAME)) " " span.tally { (sentences::verdict(habit.kind)) }
                p { (text::sentence(&sentences::habit(habit), 900)) }
                @if !habit.first.is_empty() { p.note { "Such as " (sentences::places(&habit.first, 3)) } }
            }
        }
    };
    html! {
        section aria-labelledby="habits-head" {
            h2 #habits-head { "What generators add" }
            @if lineage.habits.is_empty() {
                p.quiet { "No generator puts anything into its outputs that is not in what they were made from, beyond what others do." }
            }
            ul.checks.remarks { @for habit in lineage.habits.iter().take(ROWS) { (item(habit)) } }
        }
    }
}

fn generators(lineage: &Lineage) -> Markup {
    let row = |one: &Generator| {
        html! {
            tr {
                th scope="row" { @match &one.name { Some(name) => (text::value(name, sentences::NAME)), None => span.quiet { "none named" } } }
                td.num { (words::count(one.records)) }
                td.num { (words::count(one.roots)) }
                td.num { (words::count(one.entered)) @if sentences::is_entrance(one) { br; strong { "comes in here" } } }
                td.num { (words::number(one.expected)) }
                td.num { (words::count(one.descendants)) }
                td { (charts::share((one.roots + one.descendants) as f64 / one.records.max(1) as f64, 1.0)) }
            }
        }
    };
    html! {
        section aria-labelledby="generators-head" {
            h2 #generators-head { "Generators" }
            div.scroll tabindex="0" role="region" aria-labelledby="generators-head" {
                table {
                    thead { tr {
                        th { "Generator" } th.num { "Records" } th.num { "Poison" } th.num { "Came in with it" } th.num { "Expected" }
                        th.num { "Descendants" } th { "Tainted" }
                    } }
                    tbody { @for one in lineage.generators.iter().take(ROWS) { (row(one)) } }
                }
            }
            (cut(lineage.generators.len()))
        }
    }
}

fn generations(lineage: &Lineage) -> Markup {
    html! {
        section aria-labelledby="generations-head" {
            h2 #generations-head { "Generations, and how much each multiplies" }
            div.scroll tabindex="0" role="region" aria-labelledby="generations-head" {
                table {
                    thead { tr {
                        th.num { "Generation" } th.num { "Records" } th { "Tainted" } th.num { "Parents" } th.num { "Children" }
                        th.num { "Median below" } th.num { "Most below" }
                    } }
                    tbody { @for one in &lineage.generations {
                        tr {
                            th.num scope="row" { (one.generation) }
                            td.num { (words::count(one.records)) }
                            td { (charts::share(one.tainted as f64 / one.records.max(1) as f64, 1.0)) }
                            td.num { (words::count(one.parents)) }
                            td.num { (words::number(one.children)) }
                            td.num { (words::count(one.median)) }
                            td.num { (words::count(one.most)) }
                        }
                    } }
                }
            }
        }
    }
}

fn multipliers(lineage: &Lineage) -> Markup {
    html! {
        @if !lineage.multipliers.is_empty() {
            section aria-labelledby="multipliers-head" {
                h2 #multipliers-head { "Records that multiply more than the others" }
                ul.checks.remarks { @for one in &lineage.multipliers {
                    li.not-run { (text::value(&sentences::place(&one.place), 200)) p { (sentences::multiplier(one)) } }
                } }
            }
        }
    }
}

fn diversity(lineage: &Lineage) -> Markup {
    let row = |one: &Diversity| {
        html! {
            tr {
                th scope="row" { (text::sentence(&sentences::whose(one), 200)) @if one.lost { br; strong { "less varied" } } }
                td.num { (words::count(one.outputs)) }
                td { (charts::share(one.distinct, 1.0)) }
                td.num { (words::count(one.effective.round() as u64)) }
            }
        }
    };
    html! {
        @if lineage.diversity.len() > 1 {
            section aria-labelledby="variety-head" {
                h2 #variety-head { "Variety" }
                div.scroll tabindex="0" role="region" aria-labelledby="variety-head" {
                    table {
                        thead { tr { th { "Outputs of" } th.num { "Outputs" } th { "Runs of three words that are new" } th.num { "Different in a thousand" } } }
                        tbody { @for one in lineage.diversity.iter().take(ROWS) { (row(one)) } }
                    }
                }
                (cut(lineage.diversity.len()))
            }
        }
    }
}

fn gates(lineage: &Lineage) -> Markup {
    html! {
        section aria-labelledby="gates-head" {
            h2 #gates-head { "Validation gates" }
            ul.checks { @for gate in &lineage.gates {
                li.(if gate.records > 0 { "not-run" } else { "ran" }) {
                    strong { (gate.gate) } span.tally { (words::plural(gate.records, "record")) }
                    p { "Records " (gate.about) }
                    @if !gate.first.is_empty() { p.note { "Such as " (sentences::places(&gate.first, 5)) } }
                    @for (name, n) in gate.generators.iter().filter(|(name, _)| !name.is_empty()).take(3) {
                        p.note { (words::count(*n)) " by " (text::value(name, sentences::NAME)) }
                    }
                }
            } }
        }
    }
}

fn cut(rows: usize) -> Markup {
    html! {
        @if rows > ROWS { p.cut { "The page holds the first " (ROWS) "; more are in " code { "taint.json" } "." } }
    }
}
