//! stub
use std::io;
use toadstone_core::Run;
use crate::Context;
pub(crate) fn write(_: &Run, _: &Context<'_>, _: &mut dyn io::Write) -> io::Result<()> { Ok(()) }
