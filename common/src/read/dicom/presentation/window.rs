//! Windows: the part of the values that is spread from black to white (PS3.3, C.11.2.1.2 and C.11.2.1.3).

use dicom_dictionary_std::tags;

use crate::read::dicom::data_set::DataSet;

/// A window on the modality's values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    pub centre: f64,
    /// At least 1 where the function is linear, above 0 otherwise.
    pub width: f64,
    pub function: Function,
}

/// VOI LUT Function (0028,1056).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Linear,
    LinearExact,
    Sigmoid,
}

impl Window {
    /// The first window; `None` where there is none, or none that shows anything.
    pub fn of(data_set: &DataSet) -> Option<Self> {
        let function = match data_set.code(tags::VOILUT_FUNCTION).as_deref() {
            Some("LINEAR_EXACT") => Function::LinearExact,
            Some("SIGMOID") => Function::Sigmoid,
            _ => Function::Linear,
        };
        let window = Self {
            centre: data_set.number(tags::WINDOW_CENTER)?,
            width: data_set.number(tags::WINDOW_WIDTH)?,
            function,
        };
        let usable = match function {
            Function::Linear => window.width >= 1.0,
            Function::LinearExact | Function::Sigmoid => window.width > 0.0,
        };
        usable.then_some(window)
    }

    /// The share of the way from black to white, 0 to 1.
    pub fn share(&self, value: f64) -> f64 {
        let Self { centre, width, function } = *self;
        match function {
            Function::Linear => {
                let (centre, width) = (centre - 0.5, width - 1.0);
                ramp(value, centre, width)
            }
            Function::LinearExact => ramp(value, centre, width),
            Function::Sigmoid => 1.0 / (1.0 + (-4.0 * (value - centre) / width).exp()),
        }
    }
}

/// 0 up to half a width below the centre, 1 beyond half a width above it, and straight between.
fn ramp(value: f64, centre: f64, width: f64) -> f64 {
    if value <= centre - width / 2.0 {
        0.0
    } else if value > centre + width / 2.0 {
        1.0
    } else {
        (value - centre) / width + 0.5
    }
}
