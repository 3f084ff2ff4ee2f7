//! The one image type: a decoded projection radiograph with the facts that came with it.

use ndarray::Array2;

use crate::region::Region;

/// Fewest pixels a side may have: below this no region of the body can be judged.
pub const MIN_SIDE_PX: usize = 32;

/// Most pixels a film may have (a 36-megapixel detector with room to spare), so that a hostile header cannot ask for all memory.
pub const MAX_PIXELS: usize = 64_000_000;

/// A decoded film.
///
/// `pixels` is rows x columns of presentation values (P-Values, DICOM PS3.3 C.11.6): 0 is shown black, 65535 white, and
/// what absorbs more (bone, metal) is brighter, whatever photometric interpretation the file had.
#[derive(Debug, Clone, PartialEq)]
pub struct Radiograph {
    pixels: Array2<u16>,
    facts: Facts,
}

/// What is known of a film besides its pixels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// The kind of file it came from.
    pub source: Source,
    /// DICOM Modality (0008,0060), such as `DX`.
    pub modality: Option<String>,
    /// The region that BodyPartExamined (0018,0015) names, where it names one of ours.
    pub region: Option<Region>,
    /// BodyPartExamined as it was written.
    pub body_part_examined: Option<String>,
    /// SOP Instance UID (0008,0018).
    pub sop_instance_uid: Option<String>,
    /// Study Instance UID (0020,000D).
    pub study_instance_uid: Option<String>,
    /// Patient ID (0010,0020).
    pub patient_id: Option<String>,
    /// View Position (0018,5101), such as `AP`.
    pub view_position: Option<String>,
    /// Image Laterality (0020,0062) or Laterality (0020,0060), such as `L`.
    pub laterality: Option<String>,
    /// Row and column spacing at the detector in millimetres (Imager Pixel Spacing or Pixel Spacing).
    pub pixel_spacing_mm: Option<[f64; 2]>,
    /// Deviation Index (0018,1413): ten times the decimal logarithm of the detector's exposure over the wanted one.
    pub deviation_index: Option<f64>,
}

/// The kind of file a film came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// A DICOM object.
    Dicom,
    /// A JPEG picture, perhaps a photograph of a film.
    Jpeg,
    /// A PNG picture.
    #[default]
    Png,
}

/// Why pixels cannot be a radiograph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    /// One side has fewer than [`MIN_SIDE_PX`] pixels.
    #[error(
        "the image is only {width_px} x {height_px} pixels; a radiograph needs at least {MIN_SIDE_PX} on each side"
    )]
    TooSmall {
        /// Columns.
        width_px: usize,
        /// Rows.
        height_px: usize,
    },
    /// More than [`MAX_PIXELS`] pixels.
    #[error("the image claims {width_px} x {height_px} pixels, more than any radiograph has")]
    TooLarge {
        /// Columns.
        width_px: usize,
        /// Rows.
        height_px: usize,
    },
}

/// Checks a size before memory is spent on it.
pub fn check_size(width_px: usize, height_px: usize) -> Result<(), SizeError> {
    if width_px < MIN_SIDE_PX || height_px < MIN_SIDE_PX {
        return Err(SizeError::TooSmall { width_px, height_px });
    }
    match width_px.checked_mul(height_px) {
        Some(count) if count <= MAX_PIXELS => Ok(()),
        _ => Err(SizeError::TooLarge { width_px, height_px }),
    }
}

impl Radiograph {
    /// A radiograph of `pixels` (rows x columns of presentation values), if its size is one a radiograph can have.
    pub fn new(pixels: Array2<u16>, facts: Facts) -> Result<Self, SizeError> {
        check_size(pixels.ncols(), pixels.nrows())?;
        let pixels = if pixels.is_standard_layout() { pixels } else { pixels.as_standard_layout().into_owned() };
        Ok(Self { pixels, facts })
    }

    /// The presentation values, rows x columns, in row-major order.
    pub fn pixels(&self) -> &Array2<u16> {
        &self.pixels
    }

    /// What came with the pixels.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Columns.
    pub fn width_px(&self) -> usize {
        self.pixels.ncols()
    }

    /// Rows.
    pub fn height_px(&self) -> usize {
        self.pixels.nrows()
    }
}
