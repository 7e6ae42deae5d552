//! What was recognised, before anything is read in full.

use toadstone_core::visible;
use toadstone_corpus::Corpus;

/// Files whose columns are printed; a folder can hold thousands.
const SHOWN: usize = 12;

/// One line for each file on what its columns were taken for, and one for what was left out.
pub fn recognised(corpus: &Corpus) -> String {
    let inputs = corpus.inputs();
    let mut out = String::new();
    for input in inputs.iter().take(SHOWN) {
        if let Some(error) = &input.error {
            out += &format!("{}: left out, {}\n", visible(&input.name), visible(error));
            continue;
        }
        let columns: Vec<String> =
            input.columns.iter().map(|c| format!("{} = {}", c.role, visible(&c.column))).collect();
        let columns = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
        out += &format!("{}: {}, {}{columns}\n", visible(&input.name), input.format, input.kind);
    }
    if inputs.len() > SHOWN {
        out += &format!("and {} more files\n", inputs.len() - SHOWN);
    }
    if let [first, rest @ ..] = corpus.skipped() {
        let more = if rest.is_empty() { String::new() } else { format!(", and {} more", rest.len()) };
        out += &format!("left out: {} ({}){more}\n", visible(&first.name), first.why);
    }
    out
}
