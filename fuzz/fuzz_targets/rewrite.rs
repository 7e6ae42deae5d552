#![no_main]

const NAMES: [&str; 8] =
    ["x.jsonl", "x.json", "x.csv", "x.tsv", "x.parquet", "x.arrow", "x.txt", "x.jsonl.gz"];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some((first, rest)) = data.split_first() {
        toadstone_fuzz::rewrite(NAMES[usize::from(*first) % NAMES.len()], rest);
    }
});
