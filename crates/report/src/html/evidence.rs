//! What was done, under the names that frameworks have for it; in reports of runs that are attested.

use maud::{Markup, html};
use toadstone_core::{Attested, Run};

use super::text;
use crate::frameworks::{Done, Scan, Support, supports};
use crate::words;

pub(crate) fn section(run: &Run) -> Markup {
    let Some(attested) = &run.attested else { return html! {} };
    let list = supports(&Done { scan: Scan::of(run), ..Done::default() });
    html! {
        section aria-labelledby="evidence-head" {
            h2 #evidence-head { "Evidence" }
            p { (seal(attested)) }
            (table(&list))
            p.quiet { "What was done is listed under the names that frameworks have for it. It is no statement that one of them is complied with." }
        }
    }
}

fn seal(attested: &Attested) -> Markup {
    html! {
        "The verdict stands, signed, in " code { (text::sentence(&attested.file, 40)) } " of the seal "
        (text::value(&attested.seal, 200)) ": seal " (attested.sequence) " of series "
        code { (text::sentence(&attested.series, 40)) } ", root " span.digest { (text::sentence(&attested.root, 64)) } ". "
        (words::plural(attested.scanned, "file")) " of " (words::count(attested.sealed))
        " that are sealed were scanned; each was compared with its SHA-256 in the seal. Whose seal it is was not checked: "
        code { "toadstone verify --require-scan" } " does that."
    }
}

pub(crate) fn table(list: &[Support]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-labelledby="evidence-head" {
            table {
                thead { tr { th { "Framework" } th { "Point" } th { "What was done" } } }
                tbody {
                    @for support in list {
                        tr {
                            th scope="row" { (support.framework) }
                            td { strong { (support.id) } br; (support.title) }
                            td { (text::sentence(&support.done, 600)) }
                        }
                    }
                }
            }
        }
    }
}
