//! `--cap` and `--weigh`: a share that no source may exceed.

use toadstone_detect::ScanOptions;
use toadstone_origins::{Axis, CapOptions};

use crate::failure::Failure;

/// A share that no source may exceed.
#[derive(Debug, Clone, PartialEq)]
pub struct Cap {
    pub axis: Axis,
    share: f64,
    per_topic: bool,
    /// As the user wrote it.
    pub text: String,
}

/// `domain=2%`, or `domain=50%/topic`.
pub fn parse(text: &str) -> Result<Cap, String> {
    let names = Axis::ALL.map(Axis::name).join(", ");
    let wrong = || format!("write what counts as a source and a share, such as domain=2%; there is {names}");
    let (rule, per_topic) = text.strip_suffix("/topic").map_or((text, false), |rule| (rule, true));
    let (axis, share) = rule.split_once('=').ok_or_else(wrong)?;
    let axis = Axis::named(axis.trim()).ok_or_else(wrong)?;
    let percent = share.trim().strip_suffix('%');
    let number: f64 = percent.unwrap_or(share).trim().parse().map_err(|_| wrong())?;
    let share = if percent.is_some() { number / 100.0 } else { number };
    if share > 0.0 && share < 1.0 {
        Ok(Cap { axis, share, per_topic, text: text.to_owned() })
    } else {
        Err(wrong())
    }
}

/// `domain=2%`.
pub fn parse_whole(text: &str) -> Result<Cap, String> {
    let cap = parse(text)?;
    if cap.per_topic {
        Err("weights hold for all records together; leave out `/topic`".to_owned())
    } else {
        Ok(cap)
    }
}

impl Cap {
    /// How it is to be applied.
    pub fn options(&self, scan: &ScanOptions) -> CapOptions {
        CapOptions {
            axis: self.axis,
            share: self.share,
            topics: self.per_topic.then_some(scan.seed),
            threads: scan.threads,
            memory: scan.memory,
            temporary: scan.temporary.clone(),
        }
    }

    /// The share cannot be kept with so few sources.
    pub fn impossible(&self, option: &str, sources: u64) -> Failure {
        let what =
            format!("{option} {} cannot be kept: the data names {sources} {}s", self.text, self.axis.name());
        let least = 100.0 / sources.max(1) as f64;
        Failure::new(what).help(format!("with so few, no share below {least:.1} % is possible"))
    }
}
