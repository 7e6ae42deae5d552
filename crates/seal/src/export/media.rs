//! Media types of files.

/// Formats of records by the name that readers give them, without compression.
const RECORDS: [(&str, &str); 7] = [
    ("jsonl", "application/jsonlines"),
    ("json", "application/json"),
    ("csv", "text/csv"),
    ("tsv", "text/tab-separated-values"),
    ("parquet", "application/x-parquet"),
    ("arrow", "application/vnd.apache.arrow.file"),
    ("tar", "application/x-tar"),
];
/// Other files, by the end of their name.
const FILES: [(&str, &str); 14] = [
    (".gz", "application/gzip"),
    (".zst", "application/zstd"),
    (".bz2", "application/x-bzip2"),
    (".xz", "application/x-xz"),
    (".jsonl", "application/jsonlines"),
    (".json", "application/json"),
    (".csv", "text/csv"),
    (".tsv", "text/tab-separated-values"),
    (".parquet", "application/x-parquet"),
    (".arrow", "application/vnd.apache.arrow.file"),
    (".tar", "application/x-tar"),
    (".md", "text/markdown"),
    (".txt", "text/plain"),
    (".png", "image/png"),
];

/// The media type of a file; bytes where it is not known.
pub(super) fn of_file(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    let known = FILES.iter().find(|(end, _)| name.ends_with(end));
    known.map_or("application/octet-stream", |(_, media)| media)
}

/// The media type of records of that format, where the file is not compressed.
pub(super) fn of_records(format: &str) -> Option<&'static str> {
    RECORDS.iter().find(|(name, _)| *name == format).map(|(_, media)| *media)
}
