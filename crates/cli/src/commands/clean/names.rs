//! Where in the output each file goes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// The paths of files below the output folder: as they are below what the user named, so that a folder
/// keeps its shape. Where two would be the same, both keep their whole path; where even that is the
/// same, the later one goes into a folder with a number.
pub fn below(names: &[&str], arguments: &[String]) -> Vec<PathBuf> {
    let short: Vec<PathBuf> = names.iter().map(|name| shortened(name, arguments)).collect();
    let mut wanted: BTreeMap<String, u32> = BTreeMap::new();
    for path in &short {
        *wanted.entry(folded(path)).or_default() += 1;
    }
    let mut taken = BTreeSet::new();
    let mut place = |name: &str, short: PathBuf| {
        let wanted = if wanted[&folded(&short)] == 1 { short } else { plain(Path::new(name)) };
        let mut path = wanted.clone();
        let mut number = 1;
        while !taken.insert(folded(&path)) {
            number += 1;
            path = Path::new(&number.to_string()).join(&wanted);
        }
        path
    };
    names.iter().zip(short).map(|(name, short)| place(name, short)).collect()
}

/// Names that some file systems take for the same.
fn folded(path: &Path) -> String {
    path.to_string_lossy().to_lowercase()
}

/// The path below the argument that it was found under; the bare name of a file that was named.
fn shortened(name: &str, arguments: &[String]) -> PathBuf {
    if name == "-" {
        return PathBuf::from("stdin");
    }
    let path = Path::new(name);
    let folder = arguments.iter().map(Path::new).filter(|folder| *folder != path && path.starts_with(folder));
    match folder.max_by_key(|folder| folder.as_os_str().len()).and_then(|f| path.strip_prefix(f).ok()) {
        Some(rest) => plain(rest),
        None => path.file_name().map_or_else(|| plain(path), PathBuf::from),
    }
}

/// A path without roots and steps upwards.
fn plain(path: &Path) -> PathBuf {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name),
        _ => None,
    });
    let out: PathBuf = parts.collect();
    if out.as_os_str().is_empty() { PathBuf::from("data") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(names: &[&str], arguments: &[&str]) -> Vec<String> {
        let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
        below(names, &arguments).into_iter().map(|path| path.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn folders_keep_their_shape_and_nothing_clashes() {
        assert_eq!(places(&["in/a.csv"], &["in/a.csv"]), ["a.csv"]);
        assert_eq!(places(&["in/x/a.csv", "in/b.csv"], &["in"]), ["x/a.csv", "b.csv"]);
        assert_eq!(places(&["in/x/a.csv", "in/y/a.csv"], &["in/*/a.csv"]), ["in/x/a.csv", "in/y/a.csv"]);
        assert_eq!(places(&["../a/A.csv", "/a/a.csv"], &["../a", "/a"]), ["a/A.csv", "2/a/a.csv"]);
        assert_eq!(places(&["-"], &["-"]), ["stdin"]);
        assert_eq!(places(&["./in/a.csv"], &["./in/"]), ["a.csv"]);
    }
}
