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
    /// File with the trusted root of Sigstore.
    pub sigstore_root: Option<PathBuf>,
    /// Who has to have signed without a key of his own.
    pub identity: Option<String>,
    /// Identity provider that has to have vouched for him.
    pub issuer: Option<String>,
    /// How many signers are needed.
    pub threshold: Option<u64>,
    /// The least number of a seal.
    pub min_sequence: Option<u64>,
    /// How many days old a seal may be.
    pub max_age_days: Option<u64>,
    /// Whether a scan of the sealed data has to be attested.
    pub require_scan: bool,
    /// How many days old that scan may be.
    pub max_scan_age_days: Option<u64>,
}

impl SealPolicy {
    /// The same with paths as they stand beside the policy file.
    pub fn beside(self, file: &Path) -> SealPolicy {
        let folder = file.parent().unwrap_or(Path::new(""));
        let place = |paths: Vec<PathBuf>| paths.into_iter().map(|path| folder.join(path)).collect();
        let sigstore_root = self.sigstore_root.map(|path| folder.join(path));
        SealPolicy { keys: place(self.keys), authorities: place(self.authorities), sigstore_root, ..self }
    }
}

/// What may stand in the section.
const KEYS: [&str; 10] = [
    "keys",
    "authorities",
    "sigstore-root",
    "identity",
    "issuer",
    "threshold",
    "min-sequence",
    "max-age-days",
    "require-scan",
    "max-scan-age-days",
];

/// Reads the section.
pub(super) fn read(table: &DeTable<'_>) -> Result<SealPolicy, Mistake> {
    only_known(table, "seal", &KEYS)?;
    let paths = |key: &str| table.get(key).map_or(Ok(Vec::new()), |value| paths(value, key));
    let number = |key: &str| table.get(key).map(|value| number(value, key)).transpose();
    let text = |key: &str| table.get(key).map(|value| text(value, key)).transpose();
    let require_scan = table.get("require-scan").map_or(Ok(false), |value| yes(value, "require-scan"))?;
    Ok(SealPolicy {
        keys: paths("keys")?,
        authorities: paths("authorities")?,
        sigstore_root: text("sigstore-root")?.map(PathBuf::from),
        identity: text("identity")?,
        issuer: text("issuer")?,
        threshold: number("threshold")?,
        min_sequence: number("min-sequence")?,
        max_age_days: number("max-age-days")?,
        require_scan,
        max_scan_age_days: number("max-scan-age-days")?,
    })
}

fn paths(value: &Value<'_>, key: &str) -> Result<Vec<PathBuf>, Mistake> {
    let wanted = || wrong(value, key, "a list of paths in quotes");
    let list = value.get_ref().as_array().ok_or_else(wanted)?;
    list.iter().map(|item| item.get_ref().as_str().map(PathBuf::from).ok_or_else(wanted)).collect()
}

fn text(value: &Value<'_>, key: &str) -> Result<String, Mistake> {
    let text = value.get_ref().as_str().map(str::to_owned);
    text.filter(|text| !text.is_empty()).ok_or_else(|| wrong(value, key, "a text in quotes"))
}

fn yes(value: &Value<'_>, key: &str) -> Result<bool, Mistake> {
    value.get_ref().as_bool().ok_or_else(|| wrong(value, key, "`true` or `false`"))
}

fn number(value: &Value<'_>, key: &str) -> Result<u64, Mistake> {
    let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
    number.filter(|number| *number > 0).ok_or_else(|| wrong(value, key, "a number from 1"))
}
