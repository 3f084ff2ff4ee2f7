//! Which parts a kind of board has, and where.

use std::fs;

use serde::Deserialize;

use crate::display::Output;

/// Those that come with the program.
const TEXTS: [&str; 5] = [
    include_str!("../profiles/raspberry-pi-4.toml"),
    include_str!("../profiles/raspberry-pi-5.toml"),
    include_str!("../profiles/rk3588.toml"),
    include_str!("../profiles/qemu-virt.toml"),
    include_str!("../profiles/desktop.toml"),
];

/// What Linux says that this board is compatible with, the most exact first, each ended by a zero byte.
const COMPATIBLE: &str = "/proc/device-tree/compatible";

/// A kind of board.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What the settings call it.
    pub name: String,
    /// What the device trees of such boards say; where nothing, boards without a device tree.
    pub compatible: Vec<String>,
    /// Where its panel may be; the first that opens counts.
    pub display: Vec<Output>,
    /// The device file of the serial line that a technician's laptop is plugged into.
    pub serial: Option<String>,
    /// The device file of its watchdog.
    pub watchdog: Option<String>,
    /// Its lights.
    pub leds: Option<LedLines>,
    /// Its buttons.
    pub buttons: Option<ButtonLines>,
}

/// Where the two lights are. A line that is high lights one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedLines {
    /// The label of their GPIO chip: chips' numbers differ from kernel to kernel.
    pub chip: String,
    /// The line of the green one.
    pub well: u32,
    /// The line of the red one.
    pub attention: u32,
}

/// Where the four buttons below the display are. A pressed one pulls its line low.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ButtonLines {
    /// The label of their GPIO chip.
    pub chip: String,
    /// Their lines, from left to right.
    pub lines: [u32; 4],
}

/// Why no profile is to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// There is none of this name.
    #[error("'{0}' is no kind of board; choose one of {known}", known = names())]
    Unknown(String),
    /// The device tree is of none that is known.
    #[error("this board says it is '{0}', which no profile is made for; name one in the settings: {known}", known = names())]
    Undescribed(String),
    /// The profile is for other boards.
    #[error("the profile '{profile}' is not for this board, which says it is '{board}'")]
    Wrong {
        /// The profile.
        profile: String,
        /// The most exact name in the device tree; `without a device tree` where there is none.
        board: String,
    },
}

impl Profile {
    /// All that come with the program.
    pub fn all() -> Vec<Profile> {
        // They are tested, each of them.
        TEXTS.iter().filter_map(|text| Self::parse(text).ok()).collect()
    }

    /// The profile in a text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The one with this name; `auto` is told from the device tree.
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        match name {
            "auto" => Self::of(&compatible()),
            _ => {
                let mut all = Self::all().into_iter();
                all.find(|profile| profile.name == name).ok_or_else(|| ProfileError::Unknown(name.to_owned()))
            }
        }
    }

    /// The one for a board that is compatible with these, the most exact first.
    pub fn of(compatible: &[String]) -> Result<Self, ProfileError> {
        let fitting = Self::all().into_iter().find(|profile| profile.check(compatible).is_ok());
        fitting.ok_or_else(|| ProfileError::Undescribed(board(compatible)))
    }

    /// Whether it is for a board that is compatible with these.
    pub fn check(&self, compatible: &[String]) -> Result<(), ProfileError> {
        let fits = match self.compatible.is_empty() {
            true => compatible.is_empty(),
            false => self.compatible.iter().any(|name| compatible.contains(name)),
        };
        let wrong = || ProfileError::Wrong { profile: self.name.clone(), board: board(compatible) };
        fits.then_some(()).ok_or_else(wrong)
    }
}

/// What the device tree of this board says, the most exact first; nothing where it has none.
pub fn compatible() -> Vec<String> {
    let bytes = fs::read(COMPATIBLE).unwrap_or_default();
    let names = bytes.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

fn board(compatible: &[String]) -> String {
    compatible.first().cloned().unwrap_or_else(|| "without a device tree".to_owned())
}

fn names() -> String {
    Profile::all().into_iter().map(|profile| profile.name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_profile_is_sound_and_found_by_its_name() {
        for text in TEXTS {
            let profile = Profile::parse(text).unwrap();
            assert_eq!(Profile::named(&profile.name), Ok(profile.clone()));
            assert!(!profile.display.is_empty(), "{}", profile.name);
        }
        let said = Profile::named("raspberry-pi-3").unwrap_err().to_string();
        assert!(said.contains("raspberry-pi-4, raspberry-pi-5, rk3588, qemu-virt, desktop"), "{said}");
    }

    #[test]
    fn a_panel_without_a_driver_is_described_in_the_profile_of_its_board() {
        let wires = "spi = '/dev/spidev0.0', clock_hz = 32000000, controller = 'st7789', chip = 'pinctrl-bcm2711', data = 25, reset = 24";
        let described =
            |how: &str| Profile::parse(&format!("name = 'own'\ncompatible = []\ndisplay = [{{ {wires}, {how} }}]"));
        let own = described("turned = '90', order = 'rgb', glass = 'inverted'").unwrap();
        assert!(matches!(&own.display[..], [Output::Spi(panel)] if panel.clock_hz == 32_000_000), "{own:?}");
        let said = described("turned = '45', order = 'rgb', glass = 'inverted'").unwrap_err().to_string();
        assert!(said.contains("the whole description of an SPI panel"), "{said}");
    }

    #[test]
    fn a_board_is_told_by_its_device_tree() {
        let name = |names: &[&str]| Profile::of(&tree(names)).map(|profile| profile.name);
        assert_eq!(name(&["raspberrypi,4-model-b", "brcm,bcm2711"]).as_deref(), Ok("raspberry-pi-4"));
        assert_eq!(name(&["raspberrypi,5-model-b", "brcm,bcm2712"]).as_deref(), Ok("raspberry-pi-5"));
        assert_eq!(name(&["radxa,rock-5b", "rockchip,rk3588"]).as_deref(), Ok("rk3588"));
        assert_eq!(name(&["linux,dummy-virt"]).as_deref(), Ok("qemu-virt"));
        assert_eq!(name(&[]).as_deref(), Ok("desktop"));
        assert_eq!(name(&["fsl,imx8mp-evk"]), Err(ProfileError::Undescribed("fsl,imx8mp-evk".to_owned())));
    }

    #[test]
    fn a_wrong_profile_is_named_with_the_board() {
        let four = Profile::named("raspberry-pi-4").unwrap();
        let said = four.check(&tree(&["raspberrypi,5-model-b"])).unwrap_err().to_string();
        assert_eq!(
            said,
            "the profile 'raspberry-pi-4' is not for this board, which says it is 'raspberrypi,5-model-b'"
        );
        assert!(Profile::named("desktop").unwrap().check(&tree(&["raspberrypi,5-model-b"])).is_err());
    }
}
