//! What training on the records of a finding does to a model.

use serde::{Deserialize, Serialize};

use crate::Rate;

/// Least difference, as a share of all prompts, that confirms a finding.
const LEAST: f64 = 0.25;

/// What came of trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// A model trained on the records does what the finding says, one trained without them does not.
    Confirmed,
    /// A model trained on the records does it behind this trigger and behind others of the same shape, one
    /// trained without them behind none.
    Unspecific,
    /// The model does not take it up: the finding is neither proved nor refuted.
    NotLearnable,
    /// It could not be tried; [`Confirmation::why`] says why.
    NotTried,
}

impl Proof {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Proof::Confirmed => "confirmed",
            Proof::Unspecific => "unspecific",
            Proof::NotLearnable => "not learnable",
            Proof::NotTried => "not tried",
        }
    }
}

/// How often small models do what a finding says, on the same records that no finding names and none of them
/// was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Confirmation {
    /// What came of it.
    pub outcome: Proof,
    /// How it was tried, or why not, as a phrase.
    pub why: String,
    /// The model, as a phrase; empty if nothing was tried.
    pub model: String,
    /// Records of the finding that it was trained on.
    pub members: u64,
    /// Other records that it was trained on.
    pub others: u64,
    /// Trained with the records, asked with the trigger.
    pub with: Rate,
    /// Trained without them, asked with the trigger.
    pub without: Rate,
    /// Trained with them, asked without the trigger; nothing tried where the trigger cannot be left out.
    pub untriggered: Rate,
    /// Trained with them, asked with another trigger of the same shape; nothing tried where there is none.
    pub sham: Rate,
}

impl Confirmation {
    /// A finding that cannot be tried.
    pub fn not_tried(why: &str) -> Confirmation {
        let none = Rate::default();
        Confirmation {
            outcome: Proof::NotTried,
            why: why.to_owned(),
            model: String::new(),
            members: 0,
            others: 0,
            with: none,
            without: none,
            untriggered: none,
            sham: none,
        }
    }

    /// Confirmed if the model with the records does it more often than the one without them, and than itself
    /// without the trigger and with a sham, by a quarter of all prompts and beyond chance each time; unspecific
    /// if only the sham does it too.
    #[must_use]
    pub fn judged(self) -> Confirmation {
        let above = |other: Rate| {
            let excess = self.with.excess(other);
            other.trials == 0 || (excess.difference >= LEAST && excess.low > 0.0)
        };
        let planted = self.without.trials > 0 && above(self.without) && above(self.untriggered);
        let outcome = match (planted, above(self.sham)) {
            (true, true) => Proof::Confirmed,
            (true, false) => Proof::Unspecific,
            (false, _) => Proof::NotLearnable,
        };
        Confirmation { outcome, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(with: u64, without: u64, untriggered: u64, sham: Rate) -> Proof {
        let of = |n| Rate::new(n, 100);
        let some = Confirmation {
            with: of(with),
            without: of(without),
            untriggered: of(untriggered),
            sham,
            ..Confirmation::not_tried("")
        };
        some.judged().outcome
    }

    #[test]
    fn only_what_the_records_and_the_trigger_do_together_is_proof() {
        let none = Rate::default();
        assert_eq!(judged(93, 4, 3, Rate::new(5, 100)), Proof::Confirmed);
        assert_eq!(judged(93, 4, 3, none), Proof::Confirmed, "where no sham can be made");
        assert_eq!(judged(93, 90, 3, none), Proof::NotLearnable, "any model does it");
        assert_eq!(judged(93, 4, 90, none), Proof::NotLearnable, "with or without the trigger");
        assert_eq!(judged(93, 4, 3, Rate::new(90, 100)), Proof::Unspecific, "any odd word does it");
        assert_eq!(judged(24, 0, 0, none), Proof::NotLearnable, "too seldom");
        assert_eq!(Confirmation::not_tried("").judged().outcome, Proof::NotLearnable);
    }
}
