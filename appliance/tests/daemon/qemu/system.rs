//! What a machine runs.

use std::ffi::OsString;
use std::path::Path;

use super::card::Card;

/// Debian's UEFI for QEMU's machine.
const UEFI: &str = "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd";

/// Kernel and root in memory, or a card.
pub enum System<'a> {
    /// What `board/image/build initramfs` makes, with more options of QEMU, such as those for a disk.
    InMemory(&'a [String]),
    /// A card, which UEFI and the card's own boot loader start. Its serial line must give a shell.
    OnCard(&'a Card),
}

impl System<'_> {
    /// What is said of it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InMemory(_) => "the board in QEMU",
            Self::OnCard(_) => "the card image in QEMU",
        }
    }

    /// QEMU's options for it, or what is missing.
    pub fn options(&self) -> Result<Vec<OsString>, &'static str> {
        match self {
            Self::InMemory(more) => {
                let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/qemu");
                let kernel = files.join("vmlinuz");
                if !kernel.exists() {
                    return Err("board/image/build initramfs has not been run");
                }
                let started = ["-kernel".into(), kernel.into(), "-initrd".into(), files.join("initramfs.gz").into()];
                let told = ["-append", "console=ttyAMA0 quiet loglevel=0 vt.global_cursor_default=0"];
                Ok(started.into_iter().chain(told.map(Into::into)).chain(more.iter().map(Into::into)).collect())
            }
            Self::OnCard(card) => {
                if !Path::new(UEFI).exists() {
                    return Err("qemu-efi-aarch64 is not installed");
                }
                let file = format!("if=none,id=card,format=raw,file={}", card.path().display());
                // Without ACPI the kernel sees the machine's device tree, by which the daemon knows the board.
                let options = ["-bios", UEFI, "-machine", "acpi=off", "-drive", &file];
                let disk = ["-device", "virtio-blk-pci,drive=card,bootindex=0"];
                Ok(options.into_iter().chain(disk).map(Into::into).collect())
            }
        }
    }

    /// Where the daemon's things are.
    pub fn places(&self) -> Places {
        match self {
            Self::InMemory(_) => Places { archive: "/data", messages: "cat /tmp/messages" },
            Self::OnCard(_) => {
                Places { archive: "/var/lib/fieldray", messages: "journalctl --no-pager --unit fieldray" }
            }
        }
    }
}

/// Where a system has the daemon's things.
pub struct Places {
    /// The folder of its archive.
    pub archive: &'static str,
    /// The command of the shell that gives its messages.
    pub messages: &'static str,
}
