//! Recognises what the columns of a file are for: a pure function of its first records.

mod seen;

use toadstone_core::{Kind, Role};

use crate::names::{self, METADATA, Meaning};
use crate::plan::{Column, Content, Plan};
use crate::value::{Fields, Value};
use seen::{Seen, Table};

/// Texts that are given together to be judged: both are the input.
const TOGETHER: [(&str, &str); 9] = [
    ("sentence1", "sentence2"),
    ("sentence_a", "sentence_b"),
    ("premise", "hypothesis"),
    ("question1", "question2"),
    ("title", "text"),
    ("title", "description"),
    ("title", "body"),
    ("title", "content"),
    ("subject", "body"),
];

/// Share of records that must look like source code for a column of text to be code.
const CODE_SHARE: f64 = 0.6;
/// The same where another column (`language`, `path`) says so too.
const HINTED_CODE_SHARE: f64 = 0.3;
/// Share of lines that look like source code in a record that does.
const CODE_LINES: f64 = 0.4;

/// Recognises the columns of a sample. `map` is what the user says; it comes before every guess. `late` are
/// records from further down, which may have origins that the first ones lack.
///
/// The order of the guesses: a pair of answers, a chat, a prompt with an answer, a text with a
/// class, a text with an answer, a chat that a template wrote into one text, source code, text.
///
/// # Errors
/// A sentence that says what is missing.
pub(crate) fn recognise(
    sample: &[Fields<'static>],
    late: &[Fields<'static>],
    map: &[(Meaning, String)],
) -> Result<Plan, String> {
    if sample.is_empty() {
        return Ok(Plan::text(Kind::Document, "text"));
    }
    let table = Table::new(sample);
    let guessed = pair(&table)
        .or_else(|| chat(&table))
        .or_else(|| answered(&table, &[Meaning::Prompt, Meaning::Context]))
        .or_else(|| classified(&table))
        .or_else(|| answered(&table, &[Meaning::Text]))
        .or_else(|| written(&table))
        .or_else(|| plain(&table))
        .or_else(|| unnamed(&table));
    let all: Vec<Fields<'static>> = sample.iter().chain(late).cloned().collect();
    let mut plan = match mapped(&Table::new(&all), &all, map, guessed.as_ref())? {
        Some(plan) => plan,
        None => guessed.ok_or_else(|| unknown(&table))?,
    };
    let used = plan.wanted();
    for (role, column) in origins(&table).into_iter().chain(origins(&Table::new(late))) {
        let given = map.iter().any(|(meaning, _)| *meaning == Meaning::Origin(role));
        let known = plan.origins.iter().any(|(other, _)| *other == role);
        if !given && !known && !used.contains(&column.name) {
            plan.origins.push((role, column));
        }
    }
    Ok(plan)
}

fn unknown(table: &Table<'_>) -> String {
    let names: Vec<&str> = table.0.iter().map(|seen| seen.name).take(20).collect();
    format!(
        "no column with a known name among: {}; say which is which with --map input=COLUMN",
        names.join(", ")
    )
}

fn plan(kind: Kind, content: Content) -> Plan {
    Plan { kind, content, label: None, origins: Vec::new() }
}

/// Columns of these meanings that hold text, one for each meaning, in this order.
fn inputs(table: &Table<'_>, meanings: &[Meaning]) -> Vec<Column> {
    let best = |meaning: &Meaning| table.best(*meaning, Seen::is_text).map(Seen::column);
    let mut columns: Vec<Column> = meanings.iter().filter_map(best).collect();
    columns.dedup();
    columns
}

fn pair(table: &Table<'_>) -> Option<Plan> {
    let chosen = table.best(Meaning::Chosen, Seen::is_text)?.column();
    let rejected = table.best(Meaning::Rejected, Seen::is_text)?.column();
    let prompt = inputs(table, &[Meaning::System, Meaning::Prompt, Meaning::Context]);
    Some(plan(Kind::Preference, Content::Pair { prompt, chosen, rejected }))
}

fn chat(table: &Table<'_>) -> Option<Plan> {
    let turns = table.best(Meaning::Chat, Seen::is_chat)?.column();
    let before = inputs(table, &[Meaning::System]);
    Some(plan(Kind::Instruction, Content::Chat { before, turns, written: false }))
}

/// A chat that a template wrote into one text.
fn written(table: &Table<'_>) -> Option<Plan> {
    let meanings = [Meaning::Chat, Meaning::Text, Meaning::Prompt];
    let turns = meanings.iter().find_map(|meaning| table.best(*meaning, Seen::is_written))?.column();
    let before = inputs(table, &[Meaning::System]);
    Some(plan(Kind::Instruction, Content::Chat { before, turns, written: true }))
}

fn answered(table: &Table<'_>, asked: &[Meaning]) -> Option<Plan> {
    let output = table.best(Meaning::Answer, |seen| seen.is_text() || seen.is_number())?.column();
    let asked: Vec<Column> = match asked {
        [Meaning::Text] => texts(table),
        _ => inputs(table, asked),
    };
    let asked: Vec<Column> = asked.into_iter().filter(|column| *column != output).collect();
    if asked.is_empty() {
        return None;
    }
    let inputs = [inputs(table, &[Meaning::System]), asked].concat();
    Some(plan(Kind::Instruction, Content::Columns { inputs, outputs: vec![output] }))
}

/// The text to judge or to learn: one column, or two that belong together.
fn texts(table: &Table<'_>) -> Vec<Column> {
    let together = TOGETHER.iter().find_map(|(a, b)| {
        let (a, b) = (table.named(a)?, table.named(b)?);
        (a.is_text() && b.is_text()).then(|| vec![a.column(), b.column()])
    });
    let alone = [Meaning::Text, Meaning::Prompt, Meaning::Context];
    let best = || alone.iter().find_map(|meaning| table.best(*meaning, Seen::is_text)).map(Seen::column);
    together.or_else(|| best().map(|column| vec![column])).unwrap_or_default()
}

fn classified(table: &Table<'_>) -> Option<Plan> {
    let inputs = texts(table);
    let taken = |seen: &Seen<'_>| inputs.iter().any(|column| column.name == seen.name);
    let label = table.best(Meaning::Label, |seen| seen.is_label() && !taken(seen))?.column();
    if inputs.is_empty() {
        return None;
    }
    let content = Content::Columns { inputs, outputs: Vec::new() };
    Some(Plan { label: Some(label), ..plan(Kind::Classification, content) })
}

fn plain(table: &Table<'_>) -> Option<Plan> {
    if let Some(code) = table.best(Meaning::Code, Seen::is_text) {
        return Some(Plan::text(Kind::Code, code.name));
    }
    let inputs = texts(table);
    let last = inputs.last()?;
    let kind = kind_of_text(table, &last.name);
    // A document's title is part of it; a program's is not.
    let inputs = if kind == Kind::Code { vec![last.clone()] } else { inputs };
    Some(plan(kind, Content::Columns { inputs, outputs: Vec::new() }))
}

fn kind_of_text(table: &Table<'_>, name: &str) -> Kind {
    let Some(seen) = table.0.iter().find(|seen| seen.name == name) else { return Kind::Document };
    let texts: Vec<_> = seen.values.iter().filter_map(|v| v.scalar()).collect();
    let code = texts.iter().filter(|text| looks_like_code(text)).count() as f64;
    let least = if table.all(Meaning::CodeHint).is_empty() { CODE_SHARE } else { HINTED_CODE_SHARE };
    if code >= least * texts.len().max(1) as f64 { Kind::Code } else { Kind::Document }
}

/// Whether a text looks like source code: 40 % of its lines end like a statement or a block, begin
/// with a word or a sign that begins a line of code, and prose seldom does either.
pub(crate) fn looks_like_code(text: &str) -> bool {
    const STARTS: [&str; 30] = [
        "import ",
        "from ",
        "def ",
        "class ",
        "return",
        "if ",
        "elif ",
        "else",
        "for ",
        "while ",
        "try",
        "except",
        "with ",
        "#include",
        "#!",
        "//",
        "/*",
        "* ",
        "#",
        "fn ",
        "let ",
        "const ",
        "var ",
        "public ",
        "private ",
        "function ",
        "func ",
        "package ",
        "using ",
        "@",
    ];
    const ENDS: [char; 7] = [';', '{', '}', ':', ')', ',', ']'];
    let (mut lines, mut code) = (0usize, 0usize);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(200) {
        lines += 1;
        let assigned =
            line.split_once('=').is_some_and(|(left, _)| !left.trim().contains(' ') && !left.is_empty());
        let shaped = line.ends_with(ENDS) || assigned || STARTS.iter().any(|start| line.starts_with(start));
        code += usize::from(shaped);
    }
    lines >= 3 && code as f64 >= CODE_LINES * lines as f64
}

/// A table without names: a short column of few values is the class of the long ones.
fn unnamed(table: &Table<'_>) -> Option<Plan> {
    let numbered = table.0.iter().enumerate().all(|(at, seen)| seen.name == at.to_string());
    if !numbered || table.0.is_empty() {
        return None;
    }
    let long: Vec<&Seen<'_>> =
        table.0.iter().filter(|seen| seen.is_text() && seen.mean_length() > 20).collect();
    let label = table
        .0
        .iter()
        .filter(|seen| seen.is_label() && seen.mean_length() <= 20)
        .min_by_key(|seen| seen.mean_length());
    let inputs: Vec<Column> = long.iter().map(|seen| seen.column()).collect();
    if inputs.is_empty() {
        return None;
    }
    let kind = if label.is_some() { Kind::Classification } else { Kind::Document };
    let content = Content::Columns { inputs, outputs: Vec::new() };
    Some(Plan { label: label.map(Seen::column), ..plan(kind, content) })
}

/// The origins of the records: in columns, or in an object of metadata.
fn origins(table: &Table<'_>) -> Vec<(Role, Column)> {
    let inner: Vec<(&str, Vec<Fields<'static>>)> = table
        .0
        .iter()
        .filter(|seen| METADATA.contains(&names::normal(seen.name).as_str()))
        .map(|seen| (seen.name, objects(seen)))
        .collect();
    let roles = Role::ORIGINS.into_iter().chain([Role::Created, Role::Key]);
    roles
        .filter_map(|role| {
            let refers = Role::REFERENCES.contains(&role);
            let fits = |seen: &Seen<'_>| {
                if refers { seen.is_reference() } else { seen.mostly(|v| v.scalar().is_some()) }
            };
            // Generated data begins with its seeds, which have neither parents nor a generator.
            let empty = |seen: &Seen<'_>| (refers || role == Role::Generator) && seen.is_empty();
            let best = |table: &Table<'_>| {
                let meaning = Meaning::Origin(role);
                table.best(meaning, fits).or_else(|| table.best(meaning, empty)).map(Seen::column)
            };
            let outer = best(table);
            let nested = || {
                inner.iter().find_map(|(name, objects)| {
                    let best = best(&Table::new(objects))?.name;
                    let steps = vec![(*name).to_owned(), best.clone()];
                    Some(Column { name: format!("{name}.{best}"), steps, numbers: false })
                })
            };
            Some((role, outer.or_else(nested)?))
        })
        .collect()
}

fn objects(seen: &Seen<'_>) -> Vec<Fields<'static>> {
    let object = |value: &&Value<'static>| match value {
        Value::Object(fields) => Some(fields.clone()),
        _ => None,
    };
    seen.values.iter().filter_map(object).collect()
}

/// The plan that the user's own words make; `None` if they name no content.
fn mapped(
    table: &Table<'_>,
    sample: &[Fields<'static>],
    map: &[(Meaning, String)],
    guessed: Option<&Plan>,
) -> Result<Option<Plan>, String> {
    let columns = |wanted: Meaning| -> Result<Vec<Column>, String> {
        map.iter()
            .filter(|(meaning, _)| *meaning == wanted)
            .map(|(_, path)| resolve(table, sample, path))
            .collect()
    };
    let label = columns(Meaning::Label)?.pop();
    let mut origins = Vec::new();
    for (meaning, path) in map {
        if let Meaning::Origin(role) = meaning {
            origins.push((*role, resolve(table, sample, path)?));
        }
    }
    let system = columns(Meaning::System)?;
    let asked = [columns(Meaning::Prompt)?, columns(Meaning::Context)?, columns(Meaning::Code)?].concat();
    let outputs = [columns(Meaning::Answer)?, columns(Meaning::Chosen)?].concat();
    let rejected = columns(Meaning::Rejected)?.pop();
    let inputs = |asked: Vec<Column>| if asked.is_empty() { prompts(table, &outputs) } else { asked };
    let with_system = |asked: Vec<Column>| [system.clone(), asked].concat();
    let content = if let Some(turns) = columns(Meaning::Chat)?.pop() {
        Some((Kind::Instruction, Content::Chat { before: system.clone(), turns, written: false }))
    } else if let (Some(chosen), Some(rejected)) = (outputs.first().cloned(), rejected) {
        Some((Kind::Preference, Content::Pair { prompt: with_system(asked), chosen, rejected }))
    } else if !outputs.is_empty() {
        let inputs = with_system(inputs(asked));
        Some((Kind::Instruction, Content::Columns { inputs, outputs: outputs.clone() }))
    } else if !asked.is_empty() || label.is_some() {
        let asked = if asked.is_empty() { texts(table) } else { asked };
        let code = map.iter().any(|(meaning, _)| *meaning == Meaning::Code);
        let kind = match &label {
            Some(_) => Kind::Classification,
            None if code => Kind::Code,
            None => asked.last().map_or(Kind::Document, |last| kind_of_text(table, &last.name)),
        };
        Some((kind, Content::Columns { inputs: with_system(asked), outputs: Vec::new() }))
    } else {
        None
    };
    Ok(match (content, guessed) {
        (Some((kind, content)), _) => Some(Plan { kind, content, label, origins }),
        (None, Some(guessed)) => Some(Plan { origins, ..guessed.clone() }),
        (None, None) => None,
    })
}

/// What is asked where the user names the answer only.
fn prompts(table: &Table<'_>, outputs: &[Column]) -> Vec<Column> {
    let found = inputs(table, &[Meaning::Prompt, Meaning::Context]);
    let found = if found.is_empty() { texts(table) } else { found };
    found.into_iter().filter(|column| !outputs.contains(column)).collect()
}

/// A column that the user names: one of that very name, or a path into one.
fn resolve(table: &Table<'_>, sample: &[Fields<'static>], path: &str) -> Result<Column, String> {
    if let Some(seen) = table.0.iter().find(|seen| seen.name == path) {
        return Ok(seen.column());
    }
    let column = Column::path(path);
    let found: Vec<&Value<'static>> =
        sample.iter().filter_map(|fields| column.find(fields).ok().flatten()).collect();
    if found.is_empty() {
        let names: Vec<&str> = table.0.iter().map(|seen| seen.name).take(20).collect();
        return Err(format!(
            "--map names the column `{path}`, and there is none among: {}",
            names.join(", ")
        ));
    }
    let numbers = Seen { name: path, values: found }.is_number();
    Ok(Column { numbers, ..column })
}

#[cfg(test)]
mod tests;
