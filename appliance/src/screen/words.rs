//! What things are called on the display.

use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::radiograph::{SizeError, Source};
use fieldray_common::read::ReadError;
use fieldray_common::region::Region;
use fieldray_common::screening::{Decision, Exposure, Reason, RegionSource, Stage};
use fieldray_common::view::View;

use super::kit::Kit;
use super::theme::Theme;

/// Why a result is what it is, in a form that can be said in every language.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// The model's reason.
    Screened(Reason),
    /// The image was refused before it came to the model.
    Refused(ReadError),
    /// There is nothing to see on the film.
    Blank,
}

/// The word for a decision.
pub(super) fn decision(kit: &Kit, decision: Decision) -> String {
    kit.say(match decision {
        Decision::Normal => "decision-normal",
        Decision::Abnormal => "decision-abnormal",
        Decision::Refer => "decision-refer",
        Decision::Unreadable => "decision-unreadable",
    })
}

/// The name of a region by its name in a bundle; one that is none of ours is shown as it is.
pub(super) fn region(kit: &Kit, name: &str) -> String {
    match name.parse::<Region>() {
        Ok(region) => known_region(kit, region),
        Err(_) => name.to_owned(),
    }
}

fn known_region(kit: &Kit, region: Region) -> String {
    kit.say(match region {
        Region::Hand => "region-hand",
        Region::Wrist => "region-wrist",
        Region::Forearm => "region-forearm",
        Region::Elbow => "region-elbow",
        Region::Humerus => "region-humerus",
        Region::Shoulder => "region-shoulder",
        Region::Hip => "region-hip",
        Region::Pelvis => "region-pelvis",
        Region::Femur => "region-femur",
        Region::Knee => "region-knee",
        Region::Leg => "region-leg",
        Region::Ankle => "region-ankle",
        Region::Foot => "region-foot",
        Region::Chest => "region-chest",
    })
}

/// How a region is known.
pub(super) fn region_source(kit: &Kit, source: RegionSource) -> String {
    kit.say(match source {
        RegionSource::Given => "source-given",
        RegionSource::Dicom => "source-dicom",
        RegionSource::Predicted => "source-predicted",
    })
}

/// The name of a theme.
pub(super) fn theme(kit: &Kit, theme: Theme) -> String {
    kit.say(match theme {
        Theme::Dark => "theme-dark",
        Theme::Light => "theme-light",
    })
}

/// The work of a stage.
pub(super) fn stage(kit: &Kit, stage: Stage) -> String {
    kit.say(match stage {
        Stage::Read => "stage-read",
        Stage::Prepare => "stage-prepare",
        Stage::Network => "stage-network",
        Stage::Classify => "stage-classify",
        Stage::Explain => "stage-explain",
    })
}

/// A patient's number, or that there is none.
pub(super) fn patient(kit: &Kit, number: Option<&str>) -> String {
    match number {
        Some(number) => kit.say_of("patient", [("number", number.into())]),
        None => kit.say("patient-none"),
    }
}

/// A probability in whole percent, never rounded to certainty.
pub(super) fn percent(kit: &Kit, probability: f64) -> String {
    let (message, value) = match probability {
        p if p < 0.01 => ("percent-below", 1.0),
        p if p > 0.99 => ("percent-above", 99.0),
        p => ("percent", p * 100.0),
    };
    kit.say_of(message, [("value", format!("{value:.0}").into())])
}

/// Where the decision changes.
pub(super) fn operating_point(kit: &Kit, point: &OperatingPoint) -> String {
    let whole = |share: f64| format!("{:.0}", share * 100.0);
    let (low, high) = (whole(point.normal_below()), whole(point.abnormal_from()));
    kit.say_of("operating-point", [("low", low.into()), ("high", high.into())])
}

/// A length of time, in a unit that suits it.
pub(super) fn time(kit: &Kit, elapsed_ms: f64) -> String {
    let (message, value) = match elapsed_ms {
        ms if ms < 1000.0 => ("milliseconds", kit.language.decimal(ms, 0)),
        ms => ("seconds", kit.language.decimal(ms / 1000.0, 1)),
    };
    kit.say_of(message, [("value", value.into())])
}

/// Bytes, in a unit that suits them.
pub(super) fn bytes(kit: &Kit, bytes: u64) -> String {
    let (message, value) = match bytes as f64 {
        bytes if bytes < 1e8 => ("megabytes", kit.language.decimal(bytes / 1e6, 1)),
        bytes if bytes < 1e9 => ("megabytes", kit.language.decimal(bytes / 1e6, 0)),
        bytes => ("gigabytes", kit.language.decimal(bytes / 1e9, 1)),
    };
    kit.say_of(message, [("value", value.into())])
}

/// Why a result is what it is.
pub(super) fn why(kit: &Kit, why: &Why) -> String {
    match why {
        Why::Refused(error) => refusal(kit, error),
        Why::Blank => kit.say("refusal-blank"),
        Why::Screened(Reason::NoClassifier(region)) => {
            kit.say_of("reason-no-classifier", [("region", known_region(kit, *region).into())])
        }
        Why::Screened(Reason::OtherView(view)) => kit.say_of("reason-view", [("view", of_view(kit, *view).into())]),
        Why::Screened(reason) => kit.say(match reason {
            Reason::Above => "reason-above",
            Reason::Below => "reason-below",
            Reason::TooCloseToCall => "reason-too-close",
            Reason::Unfamiliar { .. } => "reason-unfamiliar",
            Reason::BadExposure(Exposure::TooLow) => "reason-exposure-low",
            Reason::BadExposure(Exposure::BurntOut) => "reason-burnt-out",
            Reason::BadExposure(Exposure::Flat) => "reason-flat",
            Reason::NoClassifier(_) | Reason::OtherView(_) | Reason::RegionUnclear => "reason-region-unclear",
            // The cause in technicians' English is for the records.
            Reason::Unreadable(_) => "refusal-other",
        }),
    }
}

fn of_view(kit: &Kit, view: View) -> String {
    kit.say(match view {
        View::Frontal => "view-frontal",
        View::Lateral => "view-lateral",
        View::Oblique => "view-oblique",
    })
}

fn refusal(kit: &Kit, error: &ReadError) -> String {
    let format = |source: &Source| match source {
        Source::Dicom => "DICOM",
        Source::Jpeg => "JPEG",
        Source::Png => "PNG",
    };
    match error {
        ReadError::Empty => kit.say("refusal-empty"),
        ReadError::UnknownFormat => kit.say("refusal-format"),
        ReadError::Truncated(source) => kit.say_of("refusal-truncated", [("format", format(source).into())]),
        ReadError::Damaged { format: source, .. } => kit.say_of("refusal-damaged", [("format", format(source).into())]),
        ReadError::Header { attribute, .. } => kit.say_of("refusal-header", [("attribute", (*attribute).into())]),
        ReadError::TransferSyntax(name) | ReadError::JpegLs(name) => {
            kit.say_of("refusal-compression", [("name", name.as_str().into())])
        }
        ReadError::NotARadiograph(modality) | ReadError::NotACtSlice(modality) => {
            kit.say_of("refusal-modality", [("modality", modality.as_str().into())])
        }
        ReadError::NoPixelData => kit.say("refusal-no-image"),
        ReadError::Colour(_) => kit.say("refusal-colour"),
        ReadError::SeveralFrames(count) => kit.say_of("refusal-frames", [("count", (*count).into())]),
        ReadError::Size(size) => {
            let (message, width, height) = match size {
                SizeError::TooSmall { width_px, height_px } => ("refusal-small", width_px, height_px),
                SizeError::TooLarge { width_px, height_px } => ("refusal-large", width_px, height_px),
            };
            kit.say_of(message, [("width", (*width).into()), ("height", (*height).into())])
        }
    }
}
