//! The subcommands, one file each.

pub mod calibrate;
pub mod clean;
pub mod example;
pub mod explain;
pub mod init;
pub mod scan;
pub mod sources;
pub mod taint;
