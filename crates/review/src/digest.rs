//! Digests of content: what a decision was made on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use toadstone_core::{Record, Role};

/// A SHA-256. Not a faster hash: an attacker must not be able to make a record that passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// The digest of all texts of a record, with the parts that they play. The file, the row and columns that
/// play no part do not matter.
pub fn content_digest(record: &Record<'_>) -> Digest {
    let mut hasher = Sha256::new();
    for role in Role::ALL {
        if let Some(text) = record.get(role) {
            hasher.update([role as u8]);
            hasher.update((text.len() as u64).to_le_bytes());
            hasher.update(text);
        }
    }
    Digest(hasher.finalize().into())
}

/// The digest of a finding's records: of the digests of their contents, whatever their order.
pub fn members_digest(mut members: Vec<Digest>) -> Digest {
    members.sort_unstable();
    let mut hasher = Sha256::new();
    members.iter().for_each(|member| hasher.update(member.0));
    Digest(hasher.finalize().into())
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is no SHA-256 in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a digest has 64 hexadecimal digits")]
pub struct NoDigest;

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let digits: Vec<u8> = text.chars().map_while(|c| c.to_digit(16)).map(|d| d as u8).collect();
        if digits.len() != 64 || text.len() != 64 {
            return Err(NoDigest);
        }
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(digits.chunks_exact(2)).for_each(|(byte, pair)| *byte = pair[0] << 4 | pair[1]);
        Ok(Digest(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use toadstone_core::{BatchBuilder, Kind, RecordId};

    fn digest(parts: &[(Role, &str)], row: u64) -> Digest {
        let mut builder = BatchBuilder::new();
        parts.iter().for_each(|(role, text)| builder.add(*role, text));
        builder.finish(RecordId { file: row as u32, row }, None, Kind::Document);
        content_digest(&builder.take().get(0).unwrap())
    }

    #[test]
    fn content_counts_and_the_place_does_not() {
        let a = digest(&[(Role::Input, "ab"), (Role::Output, "c")], 1);
        assert_eq!(a, digest(&[(Role::Input, "ab"), (Role::Output, "c")], 2));
        for other in [
            &[(Role::Input, "a"), (Role::Output, "bc")][..],
            &[(Role::Input, "ab"), (Role::Label, "c")],
            &[(Role::Input, "ab")],
        ] {
            assert_ne!(a, digest(other, 1));
        }
        assert_eq!(a.to_string().parse(), Ok(a));
        for wrong in ["", "abc", &"g".repeat(64), &"0".repeat(65), &"é".repeat(32)] {
            assert_eq!(wrong.parse::<Digest>(), Err(NoDigest), "{wrong}");
        }
        let b = digest(&[], 0);
        assert_eq!(members_digest(vec![a, b]), members_digest(vec![b, a]));
        assert_ne!(members_digest(vec![a, b]), members_digest(vec![a]));
    }
}
