//! A graphics card by DRM/KMS: two dumb buffers, one seen and one drawn on.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::thread;
use std::time::Duration;

use drm::buffer::{Buffer as _, DrmFourcc};
use drm::control::dumbbuffer::DumbBuffer;
use drm::control::{Device as _, Mode, ModeTypeFlags, PageFlipFlags, connector, crtc, framebuffer};
use embedded_graphics::geometry::{Dimensions, Size};

use super::pixels::{Format, Layout};
use super::{Frame, Panel};

/// A picture is changed between two of the panel's own, 60 a second. Until then the next has to wait, so often.
const WAITS: usize = 10;
const WAIT: Duration = Duration::from_millis(10);

/// The first panel that is connected to a card.
pub struct Card {
    device: Device,
    connector: connector::Handle,
    crtc: crtc::Handle,
    mode: Mode,
    buffers: [Buffer; 2],
    /// Which of the two is drawn on next.
    back: usize,
}

/// A card's device file. The kernel frees everything when it is closed, and shows the console again.
struct Device(File);

/// A part of the card's memory as large as the panel.
struct Buffer {
    memory: DumbBuffer,
    seen_as: framebuffer::Handle,
    holds: Option<Frame>,
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl drm::Device for Device {}
impl drm::control::Device for Device {}

impl Card {
    /// The first connected panel of the card with this device file, in the mode of the size `wanted` if there is one, else in its own.
    ///
    /// # Errors
    /// Where nothing is connected, or another program shows something.
    pub fn open(path: &Path, wanted: Size) -> io::Result<Self> {
        let device = Device(File::options().read(true).write(true).open(path)?);
        let handles = device.resource_handles()?;
        let connectors = handles.connectors().iter().map(|handle| device.get_connector(*handle, true));
        let connector = connectors
            .filter_map(Result::ok)
            .find(|connector| connector.state() == connector::State::Connected && !connector.modes().is_empty())
            .ok_or(io::Error::other("no panel is connected"))?;
        let mode = choose(connector.modes(), wanted).ok_or(io::Error::other("its panel has no mode"))?;
        let crtc = connector
            .encoders()
            .iter()
            .filter_map(|encoder| device.get_encoder(*encoder).ok())
            .find_map(|encoder| handles.filter_crtcs(encoder.possible_crtcs()).first().copied())
            .ok_or(io::Error::other("its panel is driven by nothing"))?;
        let (width, height) = mode.size();
        let size = (u32::from(width), u32::from(height));
        let mut card = Self {
            connector: connector.handle(),
            crtc,
            mode,
            buffers: [Buffer::new(&device, size)?, Buffer::new(&device, size)?],
            back: 0,
            device,
        };
        card.show(&Frame::new(card.size()))?;
        Ok(card)
    }

    /// Makes what was drawn on seen.
    fn flip(&self) -> io::Result<()> {
        let seen_as = self.buffers[self.back].seen_as;
        let set = || self.device.set_crtc(self.crtc, Some(seen_as), (0, 0), &[self.connector], Some(self.mode));
        if self.buffers.iter().any(|buffer| buffer.holds.is_none()) {
            // The mode is set when the first buffer is shown.
            return set();
        }
        for _ in 0..WAITS {
            match self.device.page_flip(self.crtc, seen_as, PageFlipFlags::empty(), None) {
                Err(error) if error.kind() == ErrorKind::ResourceBusy => thread::sleep(WAIT),
                Err(_) => break,
                Ok(()) => return Ok(()),
            }
        }
        // Old drivers cannot flip.
        set()
    }
}

/// The mode of the size `wanted`, else the one that the panel prefers, else its first.
fn choose(modes: &[Mode], wanted: Size) -> Option<Mode> {
    let of_size = |mode: &&Mode| (u32::from(mode.size().0), u32::from(mode.size().1)) == (wanted.width, wanted.height);
    let preferred = |mode: &&Mode| mode.mode_type().contains(ModeTypeFlags::PREFERRED);
    modes.iter().find(of_size).or_else(|| modes.iter().find(preferred)).or(modes.first()).copied()
}

impl Buffer {
    fn new(device: &Device, size: (u32, u32)) -> io::Result<Self> {
        let memory = device.create_dumb_buffer(size, DrmFourcc::Xrgb8888, 32)?;
        let seen_as = device.add_framebuffer(&memory, 24, 32)?;
        Ok(Self { memory, seen_as, holds: None })
    }

    /// Writes what it does not hold yet of a frame.
    fn draw(&mut self, device: &Device, frame: &Frame) -> io::Result<()> {
        let area = match &self.holds {
            None => Some(frame.bounding_box()),
            Some(holds) => frame.changed(holds),
        };
        let (width, height) = self.memory.size();
        let layout =
            Layout { size: [width, height], stride_bytes: self.memory.pitch() as usize, format: Format::Xrgb8888 };
        if let Some(area) = area {
            let mut memory = device.map_dumb_buffer(&mut self.memory)?;
            for (offset, bytes) in layout.rows(frame, area) {
                memory[offset..offset + bytes.len()].copy_from_slice(&bytes);
            }
        }
        self.holds = Some(frame.clone());
        Ok(())
    }
}

impl Panel for Card {
    fn size(&self) -> Size {
        let (width, height) = self.mode.size();
        Size::new(width.into(), height.into())
    }

    fn show(&mut self, frame: &Frame) -> io::Result<()> {
        self.buffers[self.back].draw(&self.device, frame)?;
        self.flip()?;
        self.back = 1 - self.back;
        Ok(())
    }
}
