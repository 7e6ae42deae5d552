//! What the processes of a cluster are asked to do.

use serde::{Deserialize, Serialize};
use toadstone_core::RecordId;
use toadstone_detect::travel::{Plan, TravelError, VERSION};
use toadstone_detect::{Pass, Setup};

/// Why a process of a cluster cannot take part.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Another version of the program.
    #[error(
        "this process has toadstone {here} and the one that asks has {there}; install the same version everywhere"
    )]
    Version {
        /// The version here.
        here: String,
        /// The version of the one that asks.
        there: String,
    },
    /// It is no job, or no piece of its states.
    #[error("{0}")]
    Damaged(String),
    /// A pass or a piece of its state cannot be used.
    #[error(transparent)]
    Travel(#[from] TravelError),
    /// A pass failed.
    #[error(transparent)]
    Pass(#[from] toadstone_detect::DetectError),
    /// Temporary files could not be written.
    #[error("cannot use temporary files: {0}")]
    Temporary(#[from] std::io::Error),
}

/// One reading of all data.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    /// The version of the program.
    pub(super) program: String,
    /// Names of the tables, all of which have the columns of `sample`.
    pub(super) tables: Vec<String>,
    /// The first rows of the data as an Arrow stream, by which columns are recognised.
    pub(super) sample: Vec<u8>,
    /// What the user says of columns.
    pub(super) map: Vec<(String, String)>,
    /// Bytes that the states of one process may hold together.
    pub(super) memory: usize,
    /// Records that are left out, ascending.
    pub(super) gone: Vec<RecordId>,
    pub(super) seed: u64,
    pub(super) leniency: f64,
    pub(super) lanes: Vec<Planned>,
}

/// The pass of a chain.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Planned {
    /// Whose chain it is.
    pub(super) chain: String,
    pub(super) pass: String,
    pub(super) plan: Vec<u8>,
}

impl Job {
    pub(super) fn encode(&self) -> Result<Vec<u8>, String> {
        rmp_serde::to_vec_named(&(VERSION, &self.program, self)).map_err(|error| error.to_string())
    }

    /// Reads a job; the versions first, as all else depends on them.
    pub(super) fn decode(bytes: &[u8], program: &str) -> Result<Job, JobError> {
        let damaged = |error: rmp_serde::decode::Error| JobError::Damaged(format!("not a job: {error}"));
        let mut input = rmp_serde::Deserializer::new(bytes);
        let head: (u32, String, serde::de::IgnoredAny) =
            Deserialize::deserialize(&mut input).map_err(damaged)?;
        if head.0 != VERSION || head.1 != program {
            return Err(JobError::Version { here: program.to_owned(), there: head.1 });
        }
        let (_, _, job): (u32, String, Job) = rmp_serde::from_slice(bytes).map_err(damaged)?;
        Ok(job)
    }

    /// What the state of one pass gets.
    pub(super) fn setup(&self, temporary: &std::path::Path) -> Setup {
        Setup {
            memory: self.memory / self.lanes.len().max(1),
            temporary: temporary.to_owned(),
            seed: self.seed,
            leniency: self.leniency,
        }
    }
}

impl Planned {
    pub(super) fn plan(&self) -> Plan {
        Plan { pass: self.pass.clone(), bytes: self.plan.clone() }
    }

    /// The pass, with an empty state.
    pub(super) fn revive(&self, setup: &Setup) -> Result<Box<dyn Pass>, TravelError> {
        let plan = self.plan();
        if self.chain == toadstone_origins::ORIGINS {
            return toadstone_origins::revive(&plan, setup);
        }
        let detector = toadstone_detect::find(&self.chain);
        detector.ok_or_else(|| TravelError::Unknown(self.chain.clone()))?.revive(&plan, setup)
    }
}
