//! From which verdict on a command fails, on the command line.

use toadstone_core::Verdict;

use super::Config;

/// The verdict from which on the exit code is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum FailOn {
    /// Exit code 1 if a person should look
    Review,
    /// Exit code 1 only if the data must not be used
    Block,
    /// The exit code does not depend on the verdict
    Never,
}

impl FailOn {
    /// Puts it in place of what the policy says.
    pub fn apply(self, config: &mut Config) {
        match self {
            FailOn::Never => config.never_fail = true,
            FailOn::Review => (config.never_fail, config.policy.fail_on) = (false, Verdict::Review),
            FailOn::Block => (config.never_fail, config.policy.fail_on) = (false, Verdict::Block),
        }
    }
}
