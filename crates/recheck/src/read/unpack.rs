//! A file as a stream of unpacked bytes, bounded.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use toadstone_core::Control;

/// Bytes that one packed byte may become once the stream has grown beyond [`FREE`].
const RATIO: u64 = 1000;
const FREE: u64 = 64 << 20;

/// Counts what is read from disk.
struct Tap<'c> {
    file: File,
    bytes: Arc<AtomicU64>,
    control: &'c Control,
}

impl Read for Tap<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.bytes.fetch_add(n as u64, Ordering::Relaxed);
        self.control.advance(0, n as u64);
        Ok(n)
    }
}

/// The unpacked bytes of a file: plain, gzip or zstd, told by its first bytes.
pub(crate) struct Unpacked<'c> {
    decoder: Box<dyn Read + 'c>,
    on_disk: Arc<AtomicU64>,
    out: u64,
    packed: bool,
    damaged: bool,
}

impl<'c> Unpacked<'c> {
    pub(crate) fn open(path: &Path, control: &'c Control) -> io::Result<Self> {
        let mut head = [0; 4];
        let n = File::open(path)?.read(&mut head)?;
        let on_disk = Arc::new(AtomicU64::new(0));
        let tap = Tap { file: File::open(path)?, bytes: Arc::clone(&on_disk), control };
        let input = BufReader::with_capacity(64 << 10, tap);
        let (decoder, packed): (Box<dyn Read + 'c>, bool) = match &head[..n] {
            [0x1f, 0x8b, ..] => (Box::new(flate2::bufread::MultiGzDecoder::new(input)), true),
            [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
                decoder.window_log_max(27)?;
                (Box::new(decoder), true)
            }
            _ => (Box::new(input), false),
        };
        Ok(Unpacked { decoder, on_disk, out: 0, packed, damaged: false })
    }

    /// Whether the stream ended because of what is in it, and not because of the system.
    pub(crate) fn damaged(&self) -> bool {
        self.damaged
    }

    /// Bytes handed out.
    pub(crate) fn out(&self) -> u64 {
        self.out
    }
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = match self.decoder.read(buffer) {
            Ok(n) => n,
            Err(error) => {
                self.damaged = self.packed && error.raw_os_error().is_none();
                return Err(error);
            }
        };
        self.out += n as u64;
        if self.packed
            && self.out > FREE
            && self.out > self.on_disk.load(Ordering::Relaxed).saturating_mul(RATIO)
        {
            self.damaged = true;
            return Err(io::Error::other("it unpacks to more than a thousand times its size"));
        }
        Ok(n)
    }
}
