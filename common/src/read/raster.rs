//! JPEG and PNG pictures: 8 or 16 bits, colour reduced to its luma, transparency ignored.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};
use ndarray::Array2;

use super::{ReadError, jpeg};
use crate::radiograph::{Facts, MAX_PIXELS, Radiograph, Source, check_size};

/// The eight bytes that every PNG starts with (ISO/IEC 15948, 5.2).
pub(super) const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Reads a JPEG picture.
pub(super) fn read_jpeg(bytes: &[u8]) -> Result<Radiograph, ReadError> {
    let frame = jpeg::walk(bytes).map_err(|flaw| match flaw {
        jpeg::Flaw::Truncated => ReadError::Truncated(Source::Jpeg),
        jpeg::Flaw::NoFrame => damaged(Source::Jpeg, "it has no frame header"),
    })?;
    check_size(frame.width_px, frame.height_px)?;
    decode(bytes, Source::Jpeg, image::ImageFormat::Jpeg)
}

/// Reads a PNG picture.
pub(super) fn read_png(bytes: &[u8]) -> Result<Radiograph, ReadError> {
    decode(bytes, Source::Png, image::ImageFormat::Png)
}

fn decode(bytes: &[u8], source: Source, format: image::ImageFormat) -> Result<Radiograph, ReadError> {
    let refusal = |error| refusal(source, error);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    check_size(width as usize, height as usize)?;
    let luma = DynamicImage::from_decoder(decoder).map_err(refusal)?.into_luma16();
    let pixels = Array2::from_shape_vec((height as usize, width as usize), luma.into_raw())
        .map_err(|_| damaged(source, "its pixels do not fill its size"))?;
    Ok(Radiograph::new(pixels, Facts { source, ..Facts::default() })?)
}

/// Memory for the largest film at four samples of 16 bits a pixel.
fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(8 * MAX_PIXELS as u64);
    limits
}

fn refusal(source: Source, error: ImageError) -> ReadError {
    match error {
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => ReadError::Truncated(source),
        ImageError::Unsupported(error) => damaged(source, &error.to_string()),
        _ => damaged(source, "it cannot be decoded"),
    }
}

fn damaged(format: Source, cause: &str) -> ReadError {
    ReadError::Damaged { format, cause: cause.to_owned() }
}
