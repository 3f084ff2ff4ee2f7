//! Serial lines: which there are, what is plugged in, and a line open for reading and writing.

use std::fmt;
use std::io::{self, Read, Write};
use std::time::Duration;

use serialport::{SerialPort, SerialPortType};

/// A serial port of the box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its device file, such as `/dev/ttyUSB0`.
    pub path: String,
    /// What is plugged in.
    pub plugged: Plugged,
}

/// What is known of the far end of a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plugged {
    /// A USB adapter.
    Usb {
        /// USB vendor id.
        vendor_id: u16,
        /// USB product id.
        product_id: u16,
        /// The product's own name, where it says one.
        product: Option<String>,
    },
    /// A connector on the board or a card.
    BuiltIn,
    /// Bluetooth.
    Bluetooth,
    /// Nothing is known.
    Unknown,
}

impl fmt::Display for Plugged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Plugged::Usb { vendor_id, product_id, product } => {
                let product = product.as_deref().unwrap_or("USB adapter");
                write!(f, "{product} ({vendor_id:04x}:{product_id:04x})")
            }
            Plugged::BuiltIn => f.write_str("built in"),
            Plugged::Bluetooth => f.write_str("Bluetooth"),
            Plugged::Unknown => f.write_str("unknown"),
        }
    }
}

/// Why a serial line is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum SerialError {
    /// The system does not tell which ports there are.
    #[error("the serial ports cannot be listed: {0}")]
    List(serialport::Error),
    /// A port cannot be opened.
    #[error("the serial port {path} cannot be opened ({cause}); check the cable, and that no other program uses it")]
    Open {
        /// The port.
        path: String,
        /// What the system says.
        cause: serialport::Error,
    },
}

/// Every serial port, sorted by path.
pub fn ports() -> Result<Vec<Port>, SerialError> {
    let found = serialport::available_ports().map_err(SerialError::List)?;
    let mut ports: Vec<Port> = found
        .into_iter()
        .map(|port| Port {
            path: port.port_name,
            plugged: match port.port_type {
                SerialPortType::UsbPort(usb) => {
                    Plugged::Usb { vendor_id: usb.vid, product_id: usb.pid, product: usb.product }
                }
                SerialPortType::PciPort => Plugged::BuiltIn,
                SerialPortType::BluetoothPort => Plugged::Bluetooth,
                SerialPortType::Unknown => Plugged::Unknown,
            },
        })
        .collect();
    ports.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(ports)
}

/// An open serial line, 8N1; a read or write that takes longer than its time limit fails with [`io::ErrorKind::TimedOut`].
pub struct Line(Box<dyn SerialPort>);

impl Line {
    /// Opens a port.
    pub fn open(path: &str, baud: u32, time_limit: Duration) -> Result<Self, SerialError> {
        let opened = serialport::new(path, baud).timeout(time_limit).open();
        opened.map(Self).map_err(|cause| SerialError::Open { path: path.to_owned(), cause })
    }

    /// Sets another time limit.
    pub fn limit(&mut self, time_limit: Duration) -> io::Result<()> {
        self.0.set_timeout(time_limit).map_err(io::Error::from)
    }
}

impl Read for Line {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.read(bytes)
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_not_there_is_named_with_the_way_out() {
        let Err(error) = Line::open("/dev/no-such-port", 115_200, Duration::from_millis(10)) else { panic!("opened") };
        let said = error.to_string();
        assert!(said.contains("/dev/no-such-port") && said.contains("check the cable"), "{said}");
    }
}
