//! The subcommands, one file each.

pub mod example;
pub mod explain;
pub mod init;
pub mod scan;
