//! The section `[seal]`: whose seals are accepted.

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::read::{Mistake, Value, only_known, wrong};

/// What `verify` demands unless the command line says something else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SealPolicy {
    /// Files of public keys.
    pub keys: Vec<PathBuf>,
    /// Files of certificates of authorities.
    pub authorities: Vec<PathBuf>,
    /// How many signers are needed.
    pub threshold: Option<u64>,
    /// The least number of a seal.
    pub min_sequence: Option<u64>,
    /// How many days old a seal may be.
    pub max_age_days: Option<u64>,
}

impl SealPolicy {
    /// The same with paths as they stand beside the policy file.
    pub fn beside(self, file: &Path) -> SealPolicy {
        let folder = file.parent().unwrap_or(Path::new(""));
        let place = |paths: Vec<PathBuf>| paths.into_iter().map(|path| folder.join(path)).collect();
        SealPolicy { keys: place(self.keys), authorities: place(self.authorities), ..self }
    }
}

/// Reads the section.
pub(super) fn read(table: &DeTable<'_>) -> Result<SealPolicy, Mistake> {
    only_known(table, "seal", &["keys", "authorities", "threshold", "min-sequence", "max-age-days"])?;
    let paths = |key: &str| table.get(key).map_or(Ok(Vec::new()), |value| paths(value, key));
    let number = |key: &str| table.get(key).map(|value| number(value, key)).transpose();
    Ok(SealPolicy {
        keys: paths("keys")?,
        authorities: paths("authorities")?,
        threshold: number("threshold")?,
        min_sequence: number("min-sequence")?,
        max_age_days: number("max-age-days")?,
    })
}

fn paths(value: &Value<'_>, key: &str) -> Result<Vec<PathBuf>, Mistake> {
    let wanted = || wrong(value, key, "a list of paths in quotes");
    let list = value.get_ref().as_array().ok_or_else(wanted)?;
    list.iter().map(|item| item.get_ref().as_str().map(PathBuf::from).ok_or_else(wanted)).collect()
}

fn number(value: &Value<'_>, key: &str) -> Result<u64, Mistake> {
    let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
    number.filter(|number| *number > 0).ok_or_else(|| wrong(value, key, "a number from 1"))
}
