//! Where a seal is, and where its data.

use std::path::{Path, PathBuf};

use toadstone_seal::folder::Folder;
use toadstone_seal::manifest::Scope;

use crate::failure::Failure;

/// A seal and its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// A seal of ours, or a bundle.
    pub seal: PathBuf,
    /// Whether it is a bundle alone.
    pub bundle: bool,
    /// The data; `None` if it has to be found after the seal was read.
    pub data: Option<PathBuf>,
}

/// Finds both from what the user named: the seal, or the data that has a seal beside it, or a bundle.
///
/// # Errors
/// There is no seal.
pub fn locate(named: &Path, data: Option<&Path>) -> Result<Located, Failure> {
    let data = data.map(Path::to_owned);
    if Folder::is_at(named) {
        return Ok(Located { seal: named.to_owned(), bundle: false, data });
    }
    let beside = beside(named);
    if Folder::is_at(&beside) {
        return Ok(Located {
            seal: beside,
            bundle: false,
            data: Some(data.unwrap_or_else(|| named.to_owned())),
        });
    }
    if named.is_file() {
        let folder = named.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return Ok(Located {
            seal: named.to_owned(),
            bundle: true,
            data: data.or_else(|| Some(folder.to_owned())),
        });
    }
    let what = match named.exists() {
        true => format!("{} is no seal, and there is none beside it", named.display()),
        false => format!("there is no {}", named.display()),
    };
    Err(Failure::new(what)
        .help("name a folder that `toadstone seal` wrote, or data with such a folder beside it"))
}

impl Located {
    /// The data of a seal that was read.
    pub fn data_of(&self, folder: &Folder) -> PathBuf {
        if let Some(data) = &self.data {
            return data.clone();
        }
        let parent = self.seal.parent().unwrap_or(Path::new("")).to_owned();
        match folder.manifest.scope {
            Scope::Files => match parent.as_os_str().is_empty() {
                true => PathBuf::from("."),
                false => parent,
            },
            Scope::Folder | Scope::File => parent.join(&folder.manifest.name),
        }
    }
}

/// The folder in which the seal of some data is made.
pub fn beside(data: &Path) -> PathBuf {
    let full = std::fs::canonicalize(data).ok();
    let name = data.file_name().or(full.as_deref().and_then(Path::file_name)).unwrap_or_default();
    let mut name = name.to_owned();
    name.push(".seal");
    match (data.file_name(), &full) {
        // `.` and `..` have their names and their neighbours elsewhere.
        (None, Some(full)) => full.with_file_name(name),
        _ => data.with_file_name(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_stands_beside_its_data() {
        assert_eq!(beside(Path::new("data")), Path::new("data.seal"));
        assert_eq!(beside(Path::new("a/data.jsonl/")), Path::new("a/data.jsonl.seal"));
        let here = std::env::current_dir().unwrap();
        let name = format!("{}.seal", here.file_name().unwrap().to_str().unwrap());
        assert_eq!(beside(Path::new(".")), here.with_file_name(name));
    }
}
