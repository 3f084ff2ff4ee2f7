//! A board in QEMU, with whatever system it is given to run.

use std::io::{BufRead, BufReader, Read, Write};
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
use super::system::{Places, System};

/// Longer than anything that is waited for can take where the processor is emulated.
pub const PATIENCE: Duration = Duration::from_secs(1200);

/// The emulator of 64-bit ARM.
const PROGRAM: &str = "qemu-system-aarch64";

/// What the shell says when it is there.
const SHELL: &str = "the shell is there";

/// What the shell of a person asks with.
const PROMPT: &str = "# ";

/// The name under which a stick is plugged in.
const STICK: &str = "stick";

/// A machine that runs, and is switched off when this goes.
pub struct Machine {
    child: Child,
    control: Control,
    shell: BufReader<UnixStream>,
    folder: TempDir,
    /// Where the daemon's things are.
    pub places: Places,
    /// The port of the host that leads to the box's DICOM port.
    pub dicom_port: u16,
}

impl Machine {
    /// Switches one on, and waits until its shell answers. `None` where there is no QEMU or nothing to run on it, which is said.
    pub fn boot(system: &System<'_>) -> Option<Self> {
        let options = match Command::new(PROGRAM).arg("--version").output() {
            Ok(_) => system.options(),
            Err(_) => Err("qemu-system-arm is not installed"),
        };
        let options = match options {
            Ok(options) => options,
            Err(missing) => {
                println!("skipped: {} ({missing})", system.name());
                return None;
            }
        };
        let folder = tempfile::tempdir().unwrap();
        let dicom_port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let socket = |name: &str| format!("{}/{name}", folder.path().display());
        let child = Command::new(PROGRAM)
            .args(["-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "512", "-display", "none", "-no-reboot"])
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
        shell.set_read_timeout(Some(PATIENCE)).unwrap();
        let (control, shell) = (Control::open(control), BufReader::new(shell));
        let mut machine = Self { child, control, shell, folder, places: system.places(), dicom_port };
        if let System::OnCard(_) = system {
            machine.makes_shell_bare();
        }
        machine.hears(SHELL);
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

    /// Makes the shell of a person one for a test: without prompt and echo, as that of the root in memory.
    fn makes_shell_bare(&mut self) {
        let mut said = String::new();
        while !said.ends_with(PROMPT) {
            let mut byte = [0];
            self.shell.read_exact(&mut byte).unwrap_or_else(|error| panic!("no shell ({error}), but: {said}"));
            said.push(byte[0].into());
        }
        let listen = r#"while read -r line; do eval "$line" < /dev/null; done"#;
        writeln!(self.shell.get_mut(), "stty raw -echo clocal; echo {SHELL}; {listen}").unwrap();
    }

    /// What comes over the serial line until a line ends with this.
    fn hears(&mut self, end: &str) -> String {
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
                let messages = self.shell(self.places.messages);
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
