//! Data in an object store, and results to one: the real binary against a real server.

#![allow(clippy::unwrap_used)] // a test fails where it cannot go on

mod bucket;
mod common;

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use bucket::{Faults, KEY, SECRET, Server, tree};
use common::{Bench, Done, demo_file};

/// A bad day: one request in eight goes wrong.
const BAD: Faults = Faults { seed: 7, broken: 30, busy: 20, cut: 50, slow: 25 };

fn run(bench: &Bench, server: &Server, args: &[&str]) -> Done {
    let mut command = bench.command(args);
    // Every server of these tests has the same buckets, and unfinished results are kept by address.
    command.env("XDG_CACHE_HOME", bench.path("cache"));
    let done = Done(server.tell(&mut command).output().unwrap());
    let said = format!("{}{}", done.out(), done.err());
    assert!(!said.contains(SECRET) && !said.contains(KEY), "{said}");
    done
}

type Review = [String; 3];

/// The reviews of the example, with the planted ones among them.
fn reviews() -> Vec<Review> {
    let mut table = csv::Reader::from_path(demo_file("reviews.csv")).unwrap();
    table.records().map(|row| std::array::from_fn(|at| row.as_ref().unwrap()[at].to_owned())).collect()
}

fn json_lines(rows: &[Review]) -> Vec<u8> {
    let line = |[text, label, source]: &Review| {
        format!("{}\n", serde_json::json!({ "text": text, "label": label, "source": source }))
    };
    rows.iter().map(line).collect::<String>().into_bytes()
}

fn csv_file(rows: &[Review]) -> Vec<u8> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["text", "label", "source"]).unwrap();
    rows.iter().for_each(|row| out.write_record(row).unwrap());
    out.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn parquet(rows: &[Review]) -> Vec<u8> {
    let column =
        |at: usize| Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row[at]))) as ArrayRef;
    let batch =
        RecordBatch::try_from_iter([("text", column(0)), ("label", column(1)), ("source", column(2))])
            .unwrap();
    let mut out = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut out, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    out
}

/// The reviews as 200 files of four kinds, with a page that describes them.
fn spread(folder: &Path) {
    for (at, rows) in reviews().chunks(15).enumerate() {
        let (name, bytes) = match at % 4 {
            0 => (format!("{at:03}.jsonl"), json_lines(rows)),
            1 => (format!("{at:03}.csv"), csv_file(rows)),
            2 => (format!("more/{at:03}.jsonl.gz"), gzip(&json_lines(rows))),
            _ => (format!("tables/{at:03}.parquet"), parquet(rows)),
        };
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::write(folder.join("README.md"), "# Reviews\n").unwrap();
}

/// A file of a run, with the names of its inputs as they are on disk.
fn as_on_disk(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap().replace("s3://data/reviews/", "reviews/")
}

/// Rows of `records.parquet` as text.
fn records(path: &Path) -> String {
    let file = std::fs::File::open(path).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let batches = reader.build().unwrap().map(Result::unwrap);
    batches.map(|batch| format!("{:?}", batch.columns())).collect::<String>()
}

#[test]
fn what_comes_out_is_what_comes_out_on_disk() {
    let (bench, server) = (Bench::new(), Server::start(BAD));
    spread(&bench.path("reviews"));
    spread(&server.bucket("data").join("reviews"));
    server.bucket("results");

    bench.run(&["scan", "reviews/", "--out", "run"]).exits(1);
    run(&bench, &server, &["scan", "s3://data/reviews/", "--out", "s3://results/a/run"]).exits(1);
    let (near, sent) = (tree(&bench.path("run")), tree(&server.path("results/a/run")));
    assert_eq!(sent.keys().collect::<Vec<_>>(), near.keys().collect::<Vec<_>>());
    assert_eq!(as_on_disk(sent["findings.json"].clone()), as_on_disk(near["findings.json"].clone()));
    let far =
        records(&server.path("results/a/run/records.parquet")).replace("s3://data/reviews/", "reviews/");
    assert_eq!(far, records(&bench.path("run/records.parquet")));

    bench.run(&["clean", "reviews/", "--out", "cleaned"]).exits(0);
    let out = "s3://results/cleaned/";
    let done = run(&bench, &server, &["clean", "s3://data/reviews/", "--out", out]).exits(0);
    assert!(done.out().contains("next  toadstone scan s3://results/cleaned/kept"), "{}", done.out());
    let (near, sent) = (tree(&bench.path("cleaned")), tree(&server.path("results/cleaned")));
    assert_eq!(sent.keys().collect::<Vec<_>>(), near.keys().collect::<Vec<_>>());
    for (name, bytes) in &near {
        match name.as_str() {
            "changes.jsonl" => assert_eq!(as_on_disk(sent[name].clone()), as_on_disk(bytes.clone())),
            "clean.json" => {}
            _ => assert!(&sent[name] == bytes, "{name}"),
        }
    }
    assert!(server.faults() > 100, "only {} faults", server.faults());
    assert!(near.contains_key("kept/README.md") && near.keys().any(|name| name.starts_with("quarantine/")));
    // The result is data like any other.
    run(&bench, &server, &["scan", "s3://results/cleaned/kept/**/*.parquet"]).exits(0);
}

/// A file that is fetched in several blocks, over connections that are cut all the time.
#[test]
fn a_cut_download_goes_on_where_it_stopped() {
    let server = Server::start(Faults { seed: 3, cut: 700, ..Faults::default() });
    let bench = Bench::new();
    let line = |at: u32| {
        format!(
            "{{\"text\":\"record {at} is unlike all of the others, as {}\"}}\n",
            at.wrapping_mul(2_654_435_761)
        )
    };
    let lines: String = (0..150_000).map(line).collect();
    std::fs::write(server.bucket("data").join("big.jsonl"), &lines).unwrap();
    bench.write("big.jsonl", &lines);
    let options = ["--only", "hidden-text", "--out"];
    run(&bench, &server, &[&["scan", "s3://data/big.jsonl"][..], &options, &["far"]].concat()).exits(0);
    bench.run(&[&["scan", "big.jsonl"][..], &options, &["near"]].concat()).exits(0);
    let digest = |run: &str| bench.json(&format!("{run}/run.json"))["inputs"][0]["digest"].clone();
    assert_eq!(digest("far"), digest("near"));
    // Blocks begin at these places, or at half a mebibyte, and what goes on after a cut does not.
    let blocks = [0, 256 << 10, (256 << 10) + (1 << 20), (256 << 10) + (5 << 20)];
    let first = |asked: &String| asked.split_once("bytes=")?.1.split_once('-')?.0.parse::<u64>().ok();
    let starts: Vec<u64> = server.requests().iter().filter_map(first).collect();
    let resumed = starts.iter().filter(|start| !blocks.contains(start) && **start % (512 << 10) != 0).count();
    assert!(server.faults() > 3 && resumed > 1, "{} faults, {starts:?}", server.faults());
}

#[test]
fn errors_say_what_to_do() {
    let (bench, server) = (Bench::new(), Server::start(Faults::default()));
    let said = |args: &[&str]| run(&bench, &server, args).exits(2).err();
    server.bucket("data");
    std::fs::write(server.path("data/a.csv"), "text,label\nx,1\n").unwrap();

    assert!(
        said(&["scan", "s3://data/none.csv"]).contains("there is no file or folder `s3://data/none.csv`")
    );
    assert!(said(&["scan", "s3://data/*.json"]).contains("no file matches `s3://data/*.json`"));
    let bucket = said(&["scan", "s3://nosuchbucket/x/"]);
    assert!(bucket.contains("there is no such bucket; check its name"), "{bucket}");
    assert!(said(&["scan", "ftp://host/x"]).contains("this kind of address is not known"));
    assert!(said(&["scan", "s3://data/../x"]).contains("cannot be asked for"));

    let mut command = bench.command(&["scan", "s3://data/a.csv"]);
    server.tell(&mut command).env("AWS_SECRET_ACCESS_KEY", "another-secret");
    let done = Done(command.output().unwrap()).exits(2);
    assert!(done.err().contains("access was refused (403"), "{}", done.err());
    assert!(!done.err().contains("another-secret") && !done.err().contains(KEY), "{}", done.err());

    let mut command = bench.command(&["scan", "s3://data/a.csv"]);
    server.tell(&mut command).env_remove("AWS_ALLOW_HTTP");
    let done = Done(command.output().unwrap()).exits(2);
    assert!(done.err().contains("AWS_ALLOW_HTTP=true"), "{}", done.err());

    let mut command = bench.command(&["scan", "s3://data/a.csv"]);
    // Nobody listens there.
    server.tell(&mut command).env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let done = Done(command.output().unwrap()).exits(2);
    assert!(done.err().contains("the server cannot be reached"), "{}", done.err());
}

#[test]
fn only_results_are_replaced() {
    let (bench, server) = (Bench::new(), Server::start(Faults::default()));
    let folder = server.bucket("results");
    let chat = demo_file("support-chat.jsonl");
    std::fs::create_dir(folder.join("mine")).unwrap();
    std::fs::write(folder.join("mine/thesis.txt"), "years of work").unwrap();
    let done = run(&bench, &server, &["scan", &chat, "--out", "s3://results/mine"]).exits(2);
    assert!(
        done.err().contains("s3://results/mine holds files that are not a run of toadstone"),
        "{}",
        done.err()
    );
    run(&bench, &server, &["clean", &chat, "--out", "s3://results/mine"]).exits(2);
    assert_eq!(tree(&folder.join("mine")).len(), 1);

    for _ in 0..2 {
        run(&bench, &server, &["scan", &chat, "--out", "s3://results/run"]).exits(1);
        assert!(tree(&folder.join("run")).contains_key("run.json"));
    }
    // What a result before had and this one has not is gone: a later reader would take it for cleaned.
    run(&bench, &server, &["clean", &chat, "--out", "s3://results/c"]).exits(0);
    std::fs::write(folder.join("c/kept/stale.jsonl"), "{}\n").unwrap();
    run(&bench, &server, &["clean", &chat, "--out", "s3://results/c"]).exits(0);
    let names: Vec<String> = tree(&folder.join("c")).into_keys().collect();
    assert_eq!(
        names,
        ["changes.jsonl", "clean.json", "kept/support-chat.jsonl", "quarantine/support-chat.jsonl"]
    );
}

/// The main file is sent last and an older one put aside first, so what was sent in part has none.
#[test]
fn a_result_that_was_not_sent_whole_does_not_pass_for_finished() {
    let (bench, server) = (Bench::new(), Server::start(Faults::default()));
    server.bucket("results");
    let chat = demo_file("support-chat.jsonl");
    let names = |folder: &str| tree(&server.path(folder)).into_keys().collect::<Vec<String>>();
    for (command, folder, main, code) in
        [("scan", "results/run", "run.json", 1), ("clean", "results/c", "clean.json", 0)]
    {
        let out = format!("s3://{folder}");
        let args = [command, &chat, "--out", &out];
        run(&bench, &server, &args).exits(code);
        let whole = names(folder);
        // A copy of the old main file, and one file of the result.
        server.leave_room(Some(2));
        let done = run(&bench, &server, &args).exits(2);
        assert!(done.err().contains("the server answered 507 Full, also when asked again"), "{}", done.err());
        assert!(done.err().contains(&format!("there is no {main} in it")), "{}", done.err());
        assert!(!names(folder).contains(&main.to_owned()), "{:?}", names(folder));
        // It is still known to be ours, and the next run replaces it.
        server.leave_room(None);
        run(&bench, &server, &args).exits(code);
        assert_eq!(names(folder), whole);
    }
}

#[test]
fn an_object_that_changes_during_the_scan_is_noticed() {
    let (bench, server) = (Bench::new(), Server::start(Faults { slow: 1000, ..Faults::default() }));
    let object = server.bucket("data").join("a.jsonl");
    let lines = |word: &str| -> String {
        (0..40_000).map(|at| format!("{{\"text\":\"{word} record {at} of many\"}}\n")).collect()
    };
    std::fs::write(&object, lines("one")).unwrap();
    let mut command = bench.command(&["scan", "s3://data/a.jsonl"]);
    let child = server.tell(&mut command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while server.requests().len() < 4 {
        assert!(start.elapsed() < Duration::from_secs(30), "it did not start");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::fs::write(&object, lines("two")).unwrap();
    let done = Done(child.wait_with_output().unwrap()).exits(2);
    assert!(done.err().contains("s3://data/a.jsonl changed while it was being"), "{}", done.err());
}

#[test]
fn listings_of_several_pages_and_odd_names() {
    let (bench, server) = (Bench::new(), Server::start(Faults::default()));
    let folder = server.bucket("data");
    std::fs::create_dir_all(folder.join("many")).unwrap();
    for at in 0..1_100 {
        std::fs::write(folder.join(format!("many/{at:04}.txt")), format!("text {at} of many")).unwrap();
    }
    let options = ["--only", "hidden-text", "--threads", "4", "--out", "run"];
    run(&bench, &server, &[&["scan", "s3://data/many/"][..], &options].concat()).exits(0);
    let inputs = bench.json("run/run.json")["inputs"].as_array().unwrap().clone();
    assert_eq!((inputs.len(), &inputs[1099]["name"]), (1_100, &"s3://data/many/1099.txt".into()));

    let odd = [
        "100%25 sure.txt",
        "a b/c+d&e=f.txt",
        "..dots.txt",
        "what?.txt",
        "[x].txt",
        "é\u{202e}txt.txt",
        "#.txt",
    ];
    for name in odd {
        let path = folder.join("odd").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("the text of {name}")).unwrap();
    }
    let done = run(&bench, &server, &[&["scan", "s3://data/odd/"][..], &options].concat());
    assert!(!done.out().contains('\u{202e}') && !done.err().contains('\u{202e}'));
    let run_json = bench.json("run/run.json");
    let mut names: Vec<&str> =
        run_json["inputs"].as_array().unwrap().iter().map(|i| i["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    // Names that begin with a dot are hidden, as on disk.
    let mut expected: Vec<String> =
        odd.iter().filter(|n| !n.starts_with('.')).map(|n| format!("s3://data/odd/{n}")).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for name in odd {
        run(&bench, &server, &["scan", &format!("s3://data/odd/{name}")]).exits(0);
    }

    // No request can name such an object, and it must not be passed over in silence.
    std::fs::write(folder.join("odd/a\nb.txt"), "text").unwrap();
    let done = run(&bench, &server, &["scan", "s3://data/odd/"]).exits(2);
    assert!(done.err().contains("an object there has a name that cannot be asked for"), "{}", done.err());
}

#[test]
fn other_commands_read_stores_and_sealing_says_why_not() {
    let (bench, server) = (Bench::new(), Server::start(Faults::default()));
    let folder = server.bucket("data");
    std::fs::copy(demo_file("reviews.csv"), folder.join("reviews.csv")).unwrap();
    let done =
        run(&bench, &server, &["sources", "s3://data/reviews.csv", "--out", "s3://data/sources"]).exits(0);
    assert!(done.out().contains("3,000 records"), "{}", done.out());
    assert!(server.path("data/sources/sources.json").exists());
    run(&bench, &server, &["scan", "s3://data/reviews.csv", "--out", "run"]).exits(1);
    let done = run(&bench, &server, &["clean", "s3://data/reviews.csv", "--run", "run", "--dry-run"]);
    assert!(done.out().contains("WOULD KEEP"), "{}{}", done.out(), done.err());
    bench.run(&["keygen", "key.pem"]).exits(0);
    let done = run(&bench, &server, &["seal", "s3://data/reviews.csv", "--key", "key.pem"]).exits(2);
    assert!(done.err().contains("only files of this machine are sealed"), "{}", done.err());
}
