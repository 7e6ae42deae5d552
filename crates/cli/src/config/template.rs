//! The file that `toadstone init` writes.

/// Every setting at its default, commented. Also the `toadstone.toml` of this repository.
pub const TEMPLATE: &str = include_str!("template.toml");
