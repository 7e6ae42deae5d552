//! The subcommands, one file each.

pub mod calibrate;
pub mod clean;
pub mod completions;
pub mod diff;
pub mod example;
pub mod explain;
pub mod export;
pub mod init;
pub mod keygen;
pub mod man;
pub mod merge;
pub mod observe;
pub mod prove;
pub mod recheck;
pub mod redteam;
pub mod report;
pub mod review;
pub mod scan;
pub mod seal;
pub mod sources;
pub mod taint;
pub mod trial;
pub mod verify;
pub mod verify_proof;
