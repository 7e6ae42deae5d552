//! The vocabulary of toadstone: what a record, a finding and a verdict are. No I/O.
//!
//! Everything else depends on this crate and it depends on nothing of ours:
//! readers fill [`Batch`]es, detectors turn them into [`Finding`]s, [`decide`] turns
//! findings into a [`Verdict`], report formats print a [`Run`].

mod changes;
mod confirmation;
mod domain;
mod escape;
mod finding;
mod ledger;
pub mod lineage;
mod policy;
mod provenance;
mod quality;
mod rate;
mod recheck;
mod record;
mod renumber;
mod run;
pub mod scorecard;
mod source;
mod time;
mod trial;

pub use changes::{
    Change, ChangeAxis, ChangeConcentration, ChangeExample, ChangedRecord, Changes, FileChange,
};
pub use confirmation::{Confirmation, Proof};
pub use domain::registrable;
pub use escape::{excerpt, visible};
pub use finding::{
    Behaviour, Confidence, Evidence, Finding, Mark, Origin, Sample, Severity, Span, Trigger, finding_id,
};
pub use ledger::{Budget, Burst, Concentration, LEDGER_SCHEMA, Ledger, Rank, Remark, SourceAccount, Topic};
pub use policy::{Decision, Policy, StaleWaiver, Threshold, Verdict, Waived, Waiver, decide};
pub use provenance::{FileStanding, Provenance, SealAccount, Standing, Vouched};
pub use quality::{Bound, Quality, QualityExample, QualityRule};
pub use rate::{Excess, Rate, wilson};
pub use recheck::{
    Audit, Became, DomainDrift, Fate, FrontRunner, Hand, PageSample, RECHECK_SCHEMA, Recheck, Revisions,
    Window,
};
pub use record::{Batch, BatchBuilder, Kind, Record, RecordId, Role, RoleSet};
pub use renumber::{renumber, renumbered};
pub use run::{Attested, Check, CheckState, ColumnMap, InputFile, RejectedSummary, Run, SCHEMA_VERSION};
pub use source::{Control, Observe, Profile, ReadSummary, Source, SourceError, Without};
pub use time::{day, instant, instant_text};
pub use trial::{
    Canary, MissingAnswers, TRIAL_SCHEMA, Tie, Trial, TrialModel, TrialOutcome, TrialRate, TrialSample,
    TriggerTrial,
};
