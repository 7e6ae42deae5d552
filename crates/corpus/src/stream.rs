//! A file as a stream of decompressed bytes: decompression, the bound on its ratio, the digest of
//! what is on disk.

use std::io::{self, BufReader, Read};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use xxhash_rust::xxh3::Xxh3;

use crate::medium::Handle;
use crate::options::Limits;
use crate::rejected::Reason;

/// Memory that a decoder may ask for: what `zstd --long=27` and `xz -9` need, with room.
const DECODER_MEMORY: u64 = 256 << 20;

/// Bytes that are decoded together.
const BLOCK: usize = 4 << 10;

/// A compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    None,
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

impl Packing {
    /// Recognises a compression by the first bytes of a file.
    pub(crate) fn of(head: &[u8]) -> Packing {
        match head {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Packing::Zstd,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Packing::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Packing::Xz,
            _ => Packing::None,
        }
    }

    /// The compression that an extension promises.
    pub(crate) fn of_extension(extension: &str) -> Packing {
        match extension {
            "gz" | "tgz" => Packing::Gzip,
            "zst" | "zstd" => Packing::Zstd,
            "bz2" => Packing::Bzip2,
            "xz" => Packing::Xz,
            _ => Packing::None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Packing::None => "uncompressed",
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
            Packing::Bzip2 => "bzip2",
            Packing::Xz => "xz",
        }
    }

    fn decoder(self, tap: Tap) -> io::Result<Box<dyn Read + Send>> {
        let input = BufReader::with_capacity(64 << 10, tap);
        Ok(match self {
            Packing::None => Box::new(input.into_inner()),
            Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
            Packing::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
                decoder.window_log_max(27)?;
                Box::new(decoder)
            }
            Packing::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
            Packing::Xz => {
                let flags = liblzma::stream::CONCATENATED;
                let stream = liblzma::stream::Stream::new_stream_decoder(DECODER_MEMORY, flags)?;
                Box::new(liblzma::bufread::XzDecoder::new_stream(input, stream))
            }
        })
    }
}

/// Counts and digests what is read from disk. Shared, because a decoder swallows its reader.
#[derive(Clone)]
struct Tap(Arc<Mutex<Tapped>>);

struct Tapped {
    handle: Handle,
    digest: Option<Box<Xxh3>>,
    bytes: u64,
    /// Whether the disk, or the network, could not be read: no damage of the data.
    failed: bool,
}

impl Read for Tap {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut tapped = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let read = tapped.handle.read(buf);
        tapped.failed |= read.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        let n = read?;
        tapped.bytes += n as u64;
        if let Some(digest) = &mut tapped.digest {
            digest.update(&buf[..n]);
        }
        Ok(n)
    }
}

/// Why a stream stopped before its end.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The system could not read.
    Io(io::Error),
    /// The content is no good from here on.
    Damaged(Reason),
}

/// Decompressed bytes of a file.
pub(crate) struct Stream {
    decoder: Box<dyn Read + Send>,
    tap: Tap,
    packing: Packing,
    limits: Limits,
    decoded: Box<[u8]>,
    /// What of `decoded` was not handed out yet.
    block: Range<usize>,
    out: u64,
    bomb: bool,
    reported: u64,
}

impl Stream {
    /// Starts at the beginning of an open file. `digest`: whether to digest what is on disk.
    pub(crate) fn new(handle: Handle, packing: Packing, limits: Limits, digest: bool) -> io::Result<Self> {
        let digest = digest.then(|| Box::new(Xxh3::new()));
        let tap = Tap(Arc::new(Mutex::new(Tapped { handle, digest, bytes: 0, failed: false })));
        let decoder = packing.decoder(tap.clone())?;
        let decoded = vec![0; BLOCK].into_boxed_slice();
        Ok(Stream { decoder, tap, packing, limits, decoded, block: 0..0, out: 0, bomb: false, reported: 0 })
    }

    fn on_disk(&self) -> u64 {
        self.tap.0.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }

    /// Bytes read from disk since the last call.
    pub(crate) fn advanced(&mut self) -> u64 {
        let total = self.on_disk();
        total - std::mem::replace(&mut self.reported, total)
    }

    /// Tells what an error of [`Read::read`] means.
    pub(crate) fn fault(&self, error: io::Error) -> Fault {
        if self.bomb {
            return Fault::Damaged(Reason::Bomb { ratio: self.limits.ratio });
        }
        let failed = self.tap.0.lock().unwrap_or_else(PoisonError::into_inner).failed;
        if failed || error.raw_os_error().is_some() || self.packing == Packing::None {
            return Fault::Io(error);
        }
        let format = self.packing.name();
        Fault::Damaged(match error.kind() {
            io::ErrorKind::UnexpectedEof => Reason::Truncated { format },
            _ => Reason::Damaged { format, why: error.to_string() },
        })
    }

    /// Reads what is left on disk without decoding it, and gives the digest of the whole.
    pub(crate) fn finish(&mut self) -> io::Result<Option<u128>> {
        let mut tapped = self.tap.clone();
        let wanted = self.tap.0.lock().unwrap_or_else(PoisonError::into_inner).digest.is_some();
        if !wanted {
            return Ok(None);
        }
        io::copy(&mut tapped, &mut io::sink())?;
        let tapped = self.tap.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(tapped.digest.as_ref().map(|digest| digest.digest128()))
    }
}

impl Stream {
    /// Decodes the next block. Blocks are small and of one size, whatever the caller reads: a decoder
    /// that finds damage keeps what it has decoded in the same call to itself.
    fn decode(&mut self) -> io::Result<()> {
        self.block = 0..0;
        let n = self.decoder.read(&mut self.decoded)?;
        self.out += n as u64;
        if self.out > self.limits.free && self.out > self.on_disk().saturating_mul(self.limits.ratio) {
            self.bomb = true;
            return Err(io::Error::other("decompression bomb"));
        }
        self.block = 0..n;
        Ok(())
    }
}

impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.packing == Packing::None {
            return self.decoder.read(buf);
        }
        if self.block.is_empty() {
            self.decode()?;
        }
        let n = self.block.len().min(buf.len());
        buf[..n].copy_from_slice(&self.decoded[self.block.start..self.block.start + n]);
        self.block.start += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use bytes::Bytes;

    fn pack(packing: Packing, data: &[u8]) -> Vec<u8> {
        match packing {
            Packing::None => data.to_vec(),
            Packing::Gzip => {
                let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                e.write_all(data).unwrap();
                e.finish().unwrap()
            }
            Packing::Zstd => zstd::encode_all(data, 1).unwrap(),
            Packing::Bzip2 => {
                let mut e = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
                e.write_all(data).unwrap();
                e.finish().unwrap()
            }
            Packing::Xz => {
                let mut e = liblzma::write::XzEncoder::new(Vec::new(), 0);
                e.write_all(data).unwrap();
                e.finish().unwrap()
            }
        }
    }

    fn unpack(packing: Packing, data: Vec<u8>, limits: Limits) -> (Vec<u8>, Option<Fault>, Option<u128>) {
        let handle = Handle::Memory(io::Cursor::new(Bytes::from(data)));
        let mut stream = Stream::new(handle, packing, limits, true).unwrap();
        let mut out = Vec::new();
        let fault = stream.read_to_end(&mut out).err().map(|e| stream.fault(e));
        (out, fault, stream.finish().unwrap())
    }

    const PACKED: [Packing; 4] = [Packing::Gzip, Packing::Zstd, Packing::Bzip2, Packing::Xz];

    #[test]
    fn members_follow_each_other_and_the_digest_is_of_the_disk() {
        for packing in PACKED {
            let mut data = pack(packing, b"one,");
            data.extend(pack(packing, b"two"));
            assert_eq!(Packing::of(&data), packing);
            let digest = xxhash_rust::xxh3::xxh3_128(&data);
            let (out, fault, found) = unpack(packing, data, Limits::default());
            assert!(fault.is_none(), "{packing:?} {fault:?}");
            assert_eq!((out.as_slice(), found), (&b"one,two"[..], Some(digest)), "{packing:?}");
        }
    }

    #[test]
    fn a_cut_is_told_apart_and_what_came_before_is_kept() {
        let mut x = 7u64;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (x >> 57) as u8
        })
        .take(3_000_000)
        .collect();
        for packing in PACKED {
            let mut data = pack(packing, &noise);
            data.truncate(data.len() * 2 / 3);
            let (out, fault, _) = unpack(packing, data, Limits::default());
            assert!(matches!(fault, Some(Fault::Damaged(Reason::Truncated { .. }))), "{packing:?} {fault:?}");
            assert!(out.len() > 500_000 && noise.starts_with(&out), "{packing:?} {}", out.len());
        }
    }

    #[test]
    fn bombs_stop_at_the_ratio() {
        let zeros = vec![0u8; 40 << 20];
        let limits = Limits { free: 1 << 20, ratio: 100, ..Limits::default() };
        for packing in PACKED {
            let (out, fault, _) = unpack(packing, pack(packing, &zeros), limits);
            assert!(matches!(fault, Some(Fault::Damaged(Reason::Bomb { .. }))), "{packing:?} {fault:?}");
            assert!(out.len() < 36 << 20, "{packing:?} {}", out.len());
        }
    }

    #[test]
    fn damage_does_not_depend_on_how_much_is_read_at_once() {
        let text: Vec<u8> = (0..20_000u32).flat_map(|i| format!("line {i}\n").into_bytes()).collect();
        for packing in PACKED {
            let mut data = pack(packing, &text);
            let at = data.len() * 3 / 4;
            data[at] ^= 0x55;
            let (whole, ..) = unpack(packing, data.clone(), Limits::default());
            let handle = Handle::Memory(io::Cursor::new(Bytes::from(data)));
            let mut stream = Stream::new(handle, packing, Limits::default(), false).unwrap();
            let mut bytewise = Vec::new();
            let mut byte = [0];
            while let Ok(1) = stream.read(&mut byte) {
                bytewise.push(byte[0]);
            }
            assert!(whole == bytewise, "{packing:?}: {} and {}", whole.len(), bytewise.len());
        }
    }

    #[test]
    fn rubbish_after_the_magic_is_damage() {
        for packing in PACKED {
            let mut data = pack(packing, b"some text that is long enough");
            data.truncate(6);
            data.extend([0x55; 64]);
            let (_, fault, _) = unpack(packing, data, Limits::default());
            assert!(matches!(fault, Some(Fault::Damaged(_))), "{packing:?} {fault:?}");
        }
    }
}
