//! What `--from` names.

use std::str::FromStr;

use toadstone_lineage::{Named, Suspected};

/// Where poison comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suspect {
    /// A record, by its key or as `FILE:ROW`.
    Record(String),
    /// All records of a source.
    Source(String),
    /// All records of a generator.
    Generator(String),
    /// The records of a finding.
    Finding(String),
    /// The records of a generator's habit.
    Habit(String),
}

impl FromStr for Suspect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, value) = match text.split_once('=') {
            Some((kind @ ("record" | "source" | "generator" | "finding" | "habit"), value)) => (kind, value),
            _ => ("record", text),
        };
        if value.trim().is_empty() {
            return Err(
                "write the key of a record, FILE:ROW, source=NAME, generator=NAME, finding=ID or habit=ID"
                    .to_owned(),
            );
        }
        let value = value.to_owned();
        Ok(match kind {
            "source" => Suspect::Source(value),
            "generator" => Suspect::Generator(value),
            "finding" => Suspect::Finding(value),
            "habit" => Suspect::Habit(value),
            _ => Suspect::Record(value),
        })
    }
}

impl Suspect {
    /// As the user would write it.
    pub fn shown(&self) -> String {
        match self {
            Suspect::Record(value) => value.clone(),
            Suspect::Source(value) => format!("source={value}"),
            Suspect::Generator(value) => format!("generator={value}"),
            Suspect::Finding(value) => format!("finding={value}"),
            Suspect::Habit(value) => format!("habit={value}"),
        }
    }
}

/// The same without what is said twice.
pub fn once(from: &[Suspect]) -> impl Iterator<Item = &Suspect> {
    from.iter().enumerate().filter(|(at, one)| !from[..*at].contains(one)).map(|(_, one)| one)
}

/// What of it is found by reading the records. The lists are in the order of `from`.
pub fn named(from: &[Suspect]) -> Named {
    let mut named = Named::default();
    for one in once(from) {
        match one {
            Suspect::Record(value) => named.keys.push(value.clone()),
            Suspect::Source(value) => named.sources.push(value.clone()),
            Suspect::Generator(value) => named.generators.push(value.clone()),
            Suspect::Finding(_) | Suspect::Habit(_) => {}
        }
    }
    named
}

/// Which habits of generators are meant: without `from` those that look planted.
pub fn suspected(from: &[Suspect]) -> Suspected {
    let ids = once(from).filter_map(|one| match one {
        Suspect::Habit(id) => Some(id.clone()),
        _ => None,
    });
    if from.is_empty() { Suspected::Planted } else { Suspected::Named(ids.collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_is_told_by_its_prefix() {
        assert_eq!("a=b".parse(), Ok(Suspect::Record("a=b".to_owned())));
        assert_eq!("record=source=x".parse(), Ok(Suspect::Record("source=x".to_owned())));
        assert_eq!("generator=g 7".parse(), Ok(Suspect::Generator("g 7".to_owned())));
        assert_eq!("finding=x-1".parse::<Suspect>().map(|f| f.shown()), Ok("finding=x-1".to_owned()));
        assert!("source= ".parse::<Suspect>().is_err() && "".parse::<Suspect>().is_err());
    }
}
