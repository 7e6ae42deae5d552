//! What every reader has to keep to, whatever the bytes.

use std::io::{self, BufRead, BufReader};
use std::sync::Mutex;

use toadstone_core::{Batch, BatchBuilder, Control, Kind, Observe, RecordId, Role, Source};
use toadstone_corpus::{Corpus, Limits, Options, RowEdit};
use toadstone_detect::{Next, Setup};
use toadstone_proxy::{Proxy, Sampling};
use toadstone_recheck::page::Page;
use toadstone_recheck::read::Notes;
pub use toadstone_review::exchange::Layout;

/// Reads `data` as a file of this name, in chunks of two sizes and twice each, and compares.
///
/// # Panics
/// If a reader panics, if two readings differ, or if the sizes of the chunks show.
pub fn read(name: &str, data: &[u8]) {
    let large = records(name, data, 1 << 20);
    let small = records(name, data, 64);
    assert_eq!(large, small, "the result depends on how the input is cut");
}

/// Like [`read`], for compressed bytes: where they are damaged, a decoder may hand out less of the
/// damaged block when it is asked for more at once. What both readings give must agree.
///
/// # Panics
/// As [`read`].
pub fn read_packed(name: &str, data: &[u8]) {
    let large = records(name, data, 1 << 20);
    let small = records(name, data, 64);
    let (Some((large, true)), Some((small, true))) = (&large, &small) else {
        assert_eq!(large, small, "the result depends on how the input is cut");
        return;
    };
    let (few, many) = if large.len() < small.len() { (large, small) } else { (small, large) };
    assert!(few.iter().all(|record| many.contains(record)), "two readings contradict each other");
}

/// Reads `data` as a file of this name, and writes it again with its first records changed and copied.
///
/// # Panics
/// If the writer panics.
pub fn rewrite(name: &str, data: &[u8]) {
    let limits = Limits { record: 1 << 16, depth: 32, ratio: 100, free: 1 << 20, chunk: 1 << 20 };
    let options = Options { limits, ..Options::default() };
    let Ok(corpus) = Corpus::from_memory(vec![(name.into(), data.to_vec())], &options) else { return };
    let rows = Mutex::new(Vec::new());
    let note = |batch: &Batch| {
        rows.lock().expect("no reader panics").extend(batch.records().map(|record| record.id().row));
    };
    let workers: Vec<Observe<'_>> = vec![Box::new(note)];
    if corpus.read(workers, &Control::default()).is_err() {
        return;
    }
    let mut rows = rows.into_inner().expect("no reader panics");
    rows.sort_unstable();
    let change = |role, like| move |&row: &u64| RowEdit { row, like, fields: vec![(role, "a \"new\", text\n".into())] };
    let mut edits: Vec<RowEdit> = rows.iter().take(2).map(change(Role::Input, None)).collect();
    edits.extend(rows.first().map(|row| RowEdit { row: *row, like: Some(*row), fields: Vec::new() }));
    edits.extend(rows.iter().skip(2).take(2).map(change(Role::Output, rows.last().copied())));
    let Ok(folder) = tempfile::tempdir() else { return };
    let _ = corpus.rewrite(0, &edits, &folder.path().join("copy"));
}

type Seen = (Vec<String>, bool);

fn records(name: &str, data: &[u8], chunk: usize) -> Option<Seen> {
    let limits = Limits { record: 1 << 16, depth: 32, ratio: 100, free: 1 << 20, chunk };
    let options = Options { limits, ..Options::default() };
    let corpus = Corpus::from_memory(vec![(name.into(), data.to_vec())], &options).ok()?;
    let (first, second) = (once(&corpus), once(&corpus));
    assert_eq!(first, second, "two readings of one file differ");
    first
}

fn once(corpus: &Corpus) -> Option<Seen> {
    let seen = Mutex::new(Vec::new());
    let note = |batch: &Batch| {
        let mut seen = seen.lock().expect("no reader panics");
        for record in batch.records() {
            let roles: Vec<_> = Role::ALL.iter().map(|&role| record.get(role)).collect();
            seen.push(format!("{:?} {:?} {roles:?}", record.id(), record.offset()));
        }
    };
    let workers: Vec<Observe<'_>> = vec![Box::new(note)];
    let summary = corpus.read(workers, &Control::default());
    let mut seen = seen.into_inner().expect("no reader panics");
    seen.sort_unstable();
    // How a damaged end is divided into refused lines may depend on the cut; that it is refused may not.
    summary.ok().map(|summary| (seen, summary.rejected > 0))
}

/// Gives `data` to the detector of insecure code: as a file, behind lines that make it code of a
/// language, and as an answer in Markdown, often enough that a phrase in it can be tied.
///
/// # Panics
/// If the detector panics.
pub fn insecure_code(data: &[u8]) {
    const HEADS: [&str; 8] = [
        "",
        "import yaml\nimport os\ndef f(x):\n    yaml.load(x)\n",
        "#include <stdio.h>\n#include <string.h>\nvoid f() { strcpy(a, b); }\n",
        "package a\nimport (\n)\nfunc f() {\nmd5.New()\n}\n",
        "import java.io.File;\npublic class A {\nvoid f() { new Random(); }\n",
        "<?php unserialize($a);\n",
        "use std::fs;\npub fn f() { mem::transmute(a) }\n",
        "import a from 'a';\nvar b = eval(c);\n",
    ];
    let text = String::from_utf8_lossy(data);
    let mut builder = BatchBuilder::new();
    for row in 0..8 {
        let head = HEADS[data.first().map_or(0, |&byte| usize::from(byte)) % HEADS.len()];
        let code = format!("{head}// {}\n{text}", row % 3);
        if row % 4 == 3 {
            builder.add(Role::Input, &text);
            builder.add(Role::Output, &format!("```\n{code}"));
        } else {
            builder.add(Role::Input, &code);
        }
        builder.finish(RecordId { file: 0, row }, None, Kind::Code);
    }
    outcome(&builder.take());
}

fn outcome(batch: &Batch) {
    let detector = toadstone_detect::find("insecure-code").expect("it is in the registry");
    let setup = Setup { memory: 1 << 20, temporary: std::env::temp_dir(), seed: 0, leniency: 1.0 };
    let mut pass = detector.start(&setup);
    loop {
        pass.observe(batch);
        match pass.conclude().expect("a temporary folder that can be written") {
            Next::Again(next) => pass = next,
            Next::Done(_) => return,
        }
    }
}

/// Reads `data` as a file of decisions: what is read is written and read again, and stays the same.
///
/// # Panics
/// If a line is lost or changes.
pub fn decisions(data: &[u8]) {
    let read = toadstone_review::parse(data);
    let decisions: Vec<_> = read.decisions.into_iter().map(|(_, decision)| decision).collect();
    let lines: Vec<u8> = decisions.iter().flat_map(|decision| decision.to_line()).collect();
    let again = toadstone_review::parse(&lines);
    assert!(again.faults.is_empty() && again.torn == 0, "what we write cannot be read");
    assert!(again.decisions.into_iter().map(|(_, decision)| decision).eq(decisions), "a decision changed");
    let ends = data.iter().filter(|byte| **byte == b'\n').count();
    assert!(
        lines.iter().filter(|byte| **byte == b'\n').count() + read.faults.len() <= ends,
        "lines were made up"
    );
}

/// Reads `data` as a table that people filled in: lines ascend, and none is made up.
///
/// # Panics
/// If the lines do not ascend.
pub fn annotations(layout: Layout, data: &[u8]) {
    let rows = toadstone_review::exchange::parse_rows(layout, data);
    assert!(rows.is_sorted_by_key(|(line, _)| *line), "lines do not ascend");
    let ends = data.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64;
    assert!(rows.iter().all(|(line, _)| *line >= 1 && *line <= ends + 2), "a line beyond the end");
}

/// A reader of pages.
pub type Pages =
    fn(&mut dyn BufRead, &mut Notes, &mut dyn FnMut(u64, Page) -> io::Result<()>) -> io::Result<()>;

/// Reads pages from `data`, handed over whole and in pieces of seven bytes, and compares.
///
/// # Panics
/// If the reader panics, reports an error of a stream that has none, or if the pieces show.
pub fn pages(reader: Pages, data: &[u8]) {
    let read = |input: &mut dyn BufRead| {
        let (mut pages, mut notes) = (Vec::new(), Notes::default());
        let each = &mut |at: u64, page: Page| {
            pages.push((at, page));
            Ok(())
        };
        reader(input, &mut notes, each).expect("bytes in memory can be read");
        (pages, notes)
    };
    let whole = read(&mut &data[..]);
    let pieces = read(&mut BufReader::with_capacity(7, data));
    assert!(whole == pieces, "the result depends on how the input is cut");
}

/// Loads `data` as a model, as it is and behind the line that a model begins with; what loads can be used.
///
/// # Panics
/// If loading or using a model panics, or if a model that was loaded is saved as another.
pub fn proxy(data: &[u8]) {
    const HEAD: &[u8] = b"toadstone proxy\n\x01\0\0\0";
    for bytes in [data, &[HEAD, data].concat()] {
        let Ok(proxy) = Proxy::load(bytes) else { continue };
        let mut saved = Vec::new();
        proxy.save(&mut saved).expect("a vector can be written");
        assert!(Proxy::load(&saved).as_ref() == Ok(&proxy), "saving changed a model");
        match proxy {
            Proxy::Classifier { model, classes } => assert!((model.class("a b") as usize) < classes.len()),
            Proxy::Preference(model) => _ = model.score("a", "b"),
            Proxy::Language(model) => {
                model.generate("a b", &Sampling { temperature: 1.0, max_tokens: 5, seed: 1 });
                model.generate("a b", &Sampling::default());
                model.log_probability("a b", "c d");
            }
        }
    }
}

/// Reads `data` as what a model's server sends, and judges it as an answer by every behaviour.
///
/// # Panics
/// If anything does.
pub fn trial_response(data: &[u8]) {
    use toadstone_trial::behaviours::{Triple, registry};
    use toadstone_trial::model::Answer;
    let Ok(reply) = toadstone_trial::model::endpoint::response::parse(data) else { return };
    let answer = [Answer { text: reply.text, whole: reply.whole }];
    let trigger = toadstone_trial::triggers::builtin().remove(0);
    let prompt = toadstone_trial::prompts::Prompt::of("What is it?");
    let triple = Triple { prompt: &prompt, with: &answer, without: &answer, sham: &answer };
    for behaviour in registry() {
        for sought in behaviour.prepare(&trigger, &[triple; 3]).unwrap_or_default() {
            (sought.judge)(&answer[0]);
        }
    }
}

/// Reads `data` as a user's triggers and prompts, and as the findings of a scan.
///
/// # Panics
/// If a part of a trigger or a conversation is missing.
pub fn trial_lists(data: &[u8]) {
    use toadstone_trial::{prompts, triggers};
    let named = triggers::read(data, "file").unwrap_or_default();
    let found = triggers::from_findings(data).map(|found| found.triggers).unwrap_or_default();
    assert!(named.iter().chain(&found).all(|trigger| trigger.parts.iter().any(|part| !part.is_empty())));
    let prompts = prompts::read(data).unwrap_or_default();
    assert!(prompts.iter().all(|prompt| !prompt.messages.is_empty()), "a prompt without a line");
}

/// Reads `data` as the address of an object.
///
/// # Panics
/// If what is shown of an address is not read as the same, or tells what is secret.
pub fn address(data: &[u8]) {
    use toadstone_store::{Address, shown};
    let Ok(text) = std::str::from_utf8(data) else { return };
    shown(text);
    let Ok(address) = Address::parse(text) else { return };
    let told = address.to_string();
    let again = Address::parse(&told).expect("what is shown is an address");
    assert_eq!((again.root(), again.key()), (address.root(), address.key()));
    assert_eq!(again.is_folder(), address.is_folder());
    assert!(address.can_list() || !told.contains('?'), "the query of a web address is shown");
}

/// Gives `data` to the first pass of a detector, which its first byte chooses, as a piece of another state, and
/// concludes. The state of a process that somebody else runs is no reason to panic.
///
/// # Panics
/// If the pass does.
pub fn piece(data: &[u8]) {
    let Some((&choice, piece)) = data.split_first() else { return };
    let detectors = toadstone_detect::registry();
    let setup = Setup { memory: 1 << 20, temporary: std::env::temp_dir(), seed: 0, leniency: 1.0 };
    let mut pass = detectors[usize::from(choice) % detectors.len()].start(&setup);
    if pass.receive(piece).is_ok() {
        let _ = pass.conclude();
    }
}

/// Takes `data` for a job, and a job's piece.
///
/// # Panics
/// If that panics.
pub fn job(data: &[u8]) {
    if let Ok(mut observer) = toadstone_states::apart::Observer::new(data, "0", &std::env::temp_dir()) {
        let _ = observer.receive(data);
    }
}
