//! Why an update was not installed, in one sentence with the next step.

use super::element::Element;
use super::kit::Kit;
use super::measures::Role;

/// Why an update was not installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateFault {
    /// No key that this box trusts has signed it.
    Signature,
    /// It was made for a newer or an older version of this software.
    Format,
    /// A file is damaged.
    Damaged,
    /// It is no model for this box, or cannot be run on it.
    Unfit,
    /// Reference films did not get the promised answers.
    References {
        /// How many did not.
        failing: usize,
        /// How many there are.
        films: usize,
    },
    /// A later version is installed.
    Older,
    /// It is installed already.
    Known,
    /// The last update has not proved itself yet, or another one is being installed.
    Busy,
    /// There is no room.
    Space {
        /// How much is missing, in MB.
        missing_mb: u64,
    },
    /// The disk fails.
    Disk,
    /// The box keeps no models, or trusts no key.
    Unprepared,
    /// The stick was pulled out.
    Pulled,
}

impl UpdateFault {
    /// One of each.
    pub const ALL: [UpdateFault; 12] = [
        UpdateFault::Signature,
        UpdateFault::Format,
        UpdateFault::Damaged,
        UpdateFault::Unfit,
        UpdateFault::References { failing: 3, films: 8 },
        UpdateFault::Older,
        UpdateFault::Known,
        UpdateFault::Busy,
        UpdateFault::Space { missing_mb: 120 },
        UpdateFault::Disk,
        UpdateFault::Unprepared,
        UpdateFault::Pulled,
    ];
}

/// The sentence on the display.
pub(super) fn sentence<'a>(fault: UpdateFault, kit: &Kit) -> Element<'a> {
    let said = match fault {
        UpdateFault::Signature => kit.say("update-fault-signature"),
        UpdateFault::Format => kit.say("update-fault-format"),
        UpdateFault::Damaged => kit.say("update-fault-damaged"),
        UpdateFault::Unfit => kit.say("update-fault-unfit"),
        UpdateFault::References { failing, films } => kit.say_of(
            "update-fault-references",
            [("part", failing.to_string().into()), ("whole", films.to_string().into())],
        ),
        UpdateFault::Older => kit.say("update-fault-older"),
        UpdateFault::Known => kit.say("update-fault-known"),
        UpdateFault::Busy => kit.say("update-fault-busy"),
        UpdateFault::Space { missing_mb } => {
            let value = kit.language.decimal(missing_mb as f64, 0);
            kit.say_of("update-fault-space", [("size", kit.say_of("megabytes", [("value", value.into())]).into())])
        }
        UpdateFault::Disk => kit.say("update-fault-disk"),
        UpdateFault::Unprepared => kit.say("update-fault-unprepared"),
        UpdateFault::Pulled => kit.say("update-fault-pulled"),
    };
    kit.words(Role::Body, said).fixed()
}
