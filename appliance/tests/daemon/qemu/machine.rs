//! A board in QEMU: Debian's kernel for 64-bit ARM, a root in memory, and the program that was built for it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use image::RgbImage;
use serde_json::json;
use tempfile::TempDir;

use super::control::Control;

/// Longer than anything that is waited for can take where the processor is emulated.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// The emulator of 64-bit ARM.
const PROGRAM: &str = "qemu-system-aarch64";

/// The name under which a stick is plugged in.
const STICK: &str = "stick";

/// A machine that runs, and is switched off when this goes.
pub struct Machine {
    child: Child,
    control: Control,
    shell: BufReader<UnixStream>,
    folder: TempDir,
    /// The port of the host that leads to the box's DICOM port.
    pub dicom_port: u16,
}

impl Machine {
    /// Switches one on, and waits until its shell answers. `None` where there is no QEMU or nothing to run on it, which is said.
    pub fn boot() -> Option<Self> {
        Self::boot_with(&[])
    }

    /// The same, with more options of QEMU, such as those for a disk.
    pub fn boot_with(options: &[String]) -> Option<Self> {
        let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/qemu");
        let kernel = files.join("vmlinuz");
        if Command::new(PROGRAM).arg("--version").output().is_err() {
            println!("skipped: the board in QEMU ({PROGRAM} is not installed)");
            return None;
        }
        if !kernel.exists() {
            println!("skipped: the board in QEMU (board/image/build initramfs has not been run)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let dicom_port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let socket = |name: &str| format!("{}/{name}", folder.path().display());
        let child = Command::new(PROGRAM)
            .args(["-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "512", "-display", "none", "-no-reboot"])
            .args(["-kernel".as_ref(), kernel.as_os_str()])
            .args(["-initrd".as_ref(), files.join("initramfs.gz").as_os_str()])
            .args(["-append", "console=ttyAMA0 quiet loglevel=0 vt.global_cursor_default=0"])
            .args(["-device", "virtio-gpu-pci,xres=800,yres=480", "-device", "virtio-keyboard-pci"])
            .args(["-device", "i6300esb", "-device", "virtio-net-pci,netdev=net,romfile=", "-device", "qemu-xhci"])
            .args(["-netdev", &format!("user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{dicom_port}-:11112")])
            .args(["-chardev", &format!("socket,id=shell,path={},server=on,wait=off", socket("shell"))])
            .args(["-serial", "chardev:shell", "-chardev", "pty,id=cable", "-device", "pci-serial,chardev=cable"])
            .args(["-qmp", &format!("unix:{},server=on,wait=off", socket("qmp"))])
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let [control, shell] = ["qmp", "shell"].map(|name| connect(&folder.path().join(name)));
        let (control, shell) = (Control::open(control), BufReader::new(shell));
        let mut machine = Self { child, control, shell, folder, dicom_port };
        machine.hears("the shell is there");
        Some(machine)
    }

    /// The terminal of this computer that the box's serial port leads to, as a laptop's would.
    pub fn cable(&mut self) -> PathBuf {
        let ports = self.control.ask("query-chardev", json!({}));
        let mut ports = ports.as_array().unwrap().iter();
        let cable = ports.find(|port| port["label"] == "cable").unwrap();
        cable["filename"].as_str().unwrap().strip_prefix("pty:").unwrap().into()
    }

    /// Plugs in a stick that holds what lies in this folder.
    pub fn plugs_in(&mut self, content: &Path) {
        let stick = json!({"driver": "vvfat", "node-name": STICK, "read-only": true, "dir": content});
        self.control.ask("blockdev-add", stick);
        self.control.ask("device_add", json!({"driver": "usb-storage", "id": STICK, "drive": STICK}));
    }

    /// Pulls it out.
    pub fn pulls_out(&mut self) {
        self.control.ask("device_del", json!({"id": STICK}));
        // That of the disk in it, and its own.
        self.control.waits_for("DEVICE_DELETED");
        self.control.waits_for("DEVICE_DELETED");
        self.control.ask("blockdev-del", json!({"node-name": STICK}));
    }

    /// What the shell of the box says to a command of one line.
    pub fn shell(&mut self, command: &str) -> String {
        const END: &str = "end of the answer";
        writeln!(self.shell.get_mut(), "{command}\necho {END}").unwrap();
        self.hears(END)
    }

    /// What comes over the serial line until a line ends with this.
    fn hears(&mut self, end: &str) -> String {
        self.shell.get_mut().set_read_timeout(Some(PATIENCE)).unwrap();
        let mut said = String::new();
        while self.shell.read_line(&mut said).is_ok_and(|bytes| bytes > 0) {
            if let Some(text) = said.trim_end().strip_suffix(end) {
                return text.replace('\r', "");
            }
        }
        panic!("the box does not say '{end}', but: {said}");
    }

    /// Presses a key of the keyboard, by QEMU's name for it.
    pub fn presses(&mut self, key: &str) {
        self.control.ask("send-key", json!({"keys": [{"type": "qcode", "data": key}]}));
    }

    /// What is on its panel.
    pub fn screen(&mut self) -> RgbImage {
        let file = self.folder.path().join("screen.png");
        self.control.ask("screendump", json!({"filename": file, "format": "png"}));
        image::open(file).unwrap().into_rgb8()
    }

    /// Waits until the panel shows one of these pictures; of so many pixels of a thousand the colours may be off.
    pub fn sees(&mut self, name: &str, wanted: &[RgbImage], per_mille: u32) {
        let begun = Instant::now();
        loop {
            let shown = self.screen();
            if wanted.iter().any(|wanted| differing_per_mille(wanted, &shown) <= per_mille) {
                return;
            }
            if begun.elapsed() > PATIENCE {
                let place = |what: &str| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{what}.png"));
                wanted[0].save(place("wanted")).unwrap();
                shown.save(place("shown")).unwrap();
                let messages = self.shell("cat /tmp/messages");
                panic!("the panel never showed {name}; see {}\n{messages}", place("shown").display());
            }
            thread::sleep(Duration::from_millis(300));
        }
    }

    /// Waits for an event of the machine, such as `WATCHDOG`.
    pub fn waits_for(&mut self, event: &str) {
        self.control.waits_for(event);
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn connect(path: &Path) -> UnixStream {
    let begun = Instant::now();
    loop {
        match UnixStream::connect(path) {
            Ok(stream) => return stream,
            Err(error) => assert!(begun.elapsed() < PATIENCE, "{}: {error}", path.display()),
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Of a thousand pixels, how many differ by more than rounding does, counted up.
fn differing_per_mille(a: &RgbImage, b: &RgbImage) -> u32 {
    if a.dimensions() != b.dimensions() {
        return 1000;
    }
    let differs = |(a, b): &(&image::Rgb<u8>, &image::Rgb<u8>)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > 3);
    let differing = a.pixels().zip(b.pixels()).filter(differs).count() as u32;
    (differing * 1000).div_ceil(a.width() * a.height())
}
