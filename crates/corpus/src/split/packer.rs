//! Writes a file in the compression of another.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use crate::stream::Packing;

/// Levels that these programs use by default.
const ZSTD_LEVEL: i32 = 3;
const XZ_LEVEL: u32 = 6;

/// A file that is being written.
pub(crate) enum Packer {
    Plain(BufWriter<File>),
    Gzip(flate2::write::GzEncoder<BufWriter<File>>),
    Zstd(zstd::stream::write::Encoder<'static, BufWriter<File>>),
    Bzip2(bzip2::write::BzEncoder<BufWriter<File>>),
    Xz(liblzma::write::XzEncoder<BufWriter<File>>),
}

impl Packer {
    pub(crate) fn new(file: File, packing: Packing) -> io::Result<Self> {
        let file = BufWriter::with_capacity(256 << 10, file);
        Ok(match packing {
            Packing::None => Packer::Plain(file),
            Packing::Gzip => {
                Packer::Gzip(flate2::write::GzEncoder::new(file, flate2::Compression::default()))
            }
            Packing::Zstd => Packer::Zstd(zstd::stream::write::Encoder::new(file, ZSTD_LEVEL)?),
            Packing::Bzip2 => {
                Packer::Bzip2(bzip2::write::BzEncoder::new(file, bzip2::Compression::default()))
            }
            Packing::Xz => Packer::Xz(liblzma::write::XzEncoder::new(file, XZ_LEVEL)),
        })
    }

    /// Ends the compression and makes sure that everything is on disk.
    pub(crate) fn finish(self) -> io::Result<()> {
        let mut file = match self {
            Packer::Plain(file) => file,
            Packer::Gzip(encoder) => encoder.finish()?,
            Packer::Zstd(encoder) => encoder.finish()?,
            Packer::Bzip2(encoder) => encoder.finish()?,
            Packer::Xz(encoder) => encoder.finish()?,
        };
        file.flush()?;
        file.get_ref().sync_all()
    }

    fn inner(&mut self) -> &mut dyn Write {
        match self {
            Packer::Plain(out) => out,
            Packer::Gzip(out) => out,
            Packer::Zstd(out) => out,
            Packer::Bzip2(out) => out,
            Packer::Xz(out) => out,
        }
    }
}

impl Write for Packer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner().flush()
    }
}
