//! One part after the other.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use embedded_graphics::geometry::{Point, Size};
use fieldray_board::display::{Frame, Panel};
use fieldray_board::input::{Buttons, Input, Key, listen_to_devices};
use fieldray_board::leds::{Leds, Light};
use fieldray_board::serial::Line;
use fieldray_board::watchdog::Watchdog;

use super::{Outcome, Technician, chart};

/// How far from a cross a touch may be.
const NEAR_PX: i32 = 40;

/// The speed of the loop.
const BAUD: u32 = 115_200;

/// What is sent round it.
const SENT_BYTES: u16 = 1024;

/// How often a watchdog is kicked, and how long it is waited between.
const KICKS: usize = 3;
const BETWEEN_KICKS: Duration = Duration::from_secs(1);

/// Shows the test image.
pub(super) fn display(panel: &mut dyn Panel, technician: &mut Technician) -> Result<Outcome> {
    let mut frame = Frame::new(panel.size());
    let Ok(()) = chart::draw(&mut frame);
    if let Err(error) = panel.show(&frame) {
        return Ok(Outcome::Failed(error.to_string()));
    }
    let Size { width, height } = panel.size();
    Ok(match technician.sees(chart::MUST_SHOW)? {
        None => Outcome::Works(format!("{width}x{height}, shows {}", chart::MUST_SHOW)),
        Some(true) => Outcome::Works(format!("{width}x{height}")),
        Some(false) => Outcome::Failed(format!("{width}x{height}, but it does not show what it should")),
    })
}

/// Asks for the four keys, then for touches on the four crosses.
pub(super) fn hands(
    buttons: Option<Buttons>,
    size: Size,
    technician: &Technician,
    wait: Duration,
) -> Result<Vec<(String, Outcome)>> {
    let named = |keys, touch| vec![("keys".to_owned(), keys), ("touch".to_owned(), touch)];
    if !technician.is_told("Press the four keys from left to right; on a keyboard 1 to 4.") {
        let nobody = || Outcome::NotTried("nobody presses anything".into());
        return Ok(named(nobody(), nobody()));
    }
    let (tell, done) = mpsc::channel();
    if let Some(buttons) = buttons {
        let tell = tell.clone();
        buttons.listen(move |input| {
            // Nobody asks any more when the steps are done.
            let _ = tell.send(input);
        })?;
    }
    // A device that cannot be read sends nothing, and the step says so.
    listen_to_devices(size, move |input| drop(input.map(|input| tell.send(input))))?;
    let keys = keys(&done, wait);
    technician.is_told("Touch the four crosses, clockwise from the upper left; a panel without touch can wait.");
    Ok(named(keys, touches(&done, size, wait)))
}

fn keys(done: &Receiver<Input>, wait: Duration) -> Outcome {
    for (number, wanted) in (1..).zip(Key::ALL) {
        loop {
            match done.recv_timeout(wait) {
                Ok(Input::Key(key)) if key == wanted => break,
                Ok(Input::Key(key)) => return Outcome::Failed(format!("key {number} is wired as the {key:?} key")),
                Ok(Input::Touch(_)) => {}
                Err(_) => return Outcome::Failed(format!("key {number} was not heard")),
            }
        }
    }
    Outcome::Works("all four, in order".into())
}

fn touches(done: &Receiver<Input>, size: Size, wait: Duration) -> Outcome {
    for (number, cross) in (1..).zip(chart::crosses(size)) {
        loop {
            match done.recv_timeout(wait) {
                Ok(Input::Touch(Point { x, y })) => {
                    if (x - cross.x).abs() <= NEAR_PX && (y - cross.y).abs() <= NEAR_PX {
                        break;
                    }
                    let at = format!("touch {number} was seen at {x}, {y} instead of {}, {}", cross.x, cross.y);
                    return Outcome::Failed(format!("{at}: is the panel turned, or its touch not calibrated?"));
                }
                Ok(Input::Key(_)) => {}
                Err(_) if number == 1 => return Outcome::NotTried("nothing was touched".into()),
                Err(_) => return Outcome::Failed(format!("touch {number} was not seen")),
            }
        }
    }
    Outcome::Works("all four, where they should be".into())
}

/// Lights both lights, one after the other.
pub(super) fn lights(leds: &Leds, technician: &mut Technician) -> Result<Outcome> {
    for (light, what) in [(Light::Well, "the green light alone"), (Light::Attention, "the red light alone")] {
        if let Err(error) = leds.show(light) {
            return Ok(Outcome::Failed(error.to_string()));
        }
        if technician.sees(what)? == Some(false) {
            return Ok(Outcome::Failed(format!("{what} was not seen; are the two exchanged?")));
        }
    }
    Ok(match technician {
        Technician::Absent => Outcome::NotTried("the lines can be set, nobody looks".into()),
        Technician::Answers(_) => Outcome::Works("green and red".into()),
    })
}

/// Sends bytes out of a port whose two pins are connected, and reads them back.
pub(super) fn loopback(port: &str) -> Outcome {
    let sent: Vec<u8> = (0..SENT_BYTES).map(|at| (at.wrapping_mul(31) >> 2) as u8).collect();
    let round = || -> Result<Outcome> {
        let mut line = Line::open(port, BAUD, Duration::from_secs(1))?;
        let mut back = vec![0; sent.len()];
        for (out, back) in sent.chunks(64).zip(back.chunks_mut(64)) {
            line.write_all(out)?;
            line.flush()?;
            line.read_exact(back)?;
        }
        Ok(match back == sent {
            true => Outcome::Works(format!("{SENT_BYTES} bytes came back as they were sent, at {BAUD} baud")),
            false => Outcome::Failed("other bytes came back than were sent; look for a loose contact".into()),
        })
    };
    round().unwrap_or_else(|error| Outcome::Failed(format!("{error:#}; are its receive and transmit pins connected?")))
}

/// Kicks the watchdog and stops it, or lets it bite.
pub(super) fn watchdog(path: &str, bite: bool) -> Outcome {
    let run = || -> std::io::Result<Outcome> {
        let mut watchdog = Watchdog::open(Path::new(path))?;
        for _ in 0..KICKS {
            thread::sleep(BETWEEN_KICKS);
            watchdog.kick()?;
        }
        let patience =
            watchdog.patience().map_or("its time".to_owned(), |patience| format!("{} s", patience.as_secs()));
        if bite {
            println!("The box restarts within {patience}.");
            drop(watchdog);
            thread::sleep(Duration::from_secs(600));
            return Ok(Outcome::Failed("it did not bite".into()));
        }
        watchdog.stop()?;
        Ok(Outcome::Works(format!("was kicked and stopped; it bites after {patience}")))
    };
    run().unwrap_or_else(|error| Outcome::Failed(format!("{path}: {error}; does another program kick it?")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_millis(10);
    const SIZE: Size = Size::new(800, 480);

    fn heard(inputs: impl IntoIterator<Item = Input>) -> Receiver<Input> {
        let (tell, done) = mpsc::channel();
        inputs.into_iter().for_each(|input| tell.send(input).unwrap());
        done
    }

    #[test]
    fn keys_are_asked_for_in_order() {
        assert!(matches!(keys(&heard(Key::ALL.map(Input::Key)), WAIT), Outcome::Works(_)));
        let exchanged = [Key::First, Key::Third, Key::Second, Key::Fourth].map(Input::Key);
        assert_eq!(keys(&heard(exchanged), WAIT), Outcome::Failed("key 2 is wired as the Third key".into()));
        let missing = [Key::First, Key::Second].map(Input::Key);
        assert_eq!(keys(&heard(missing), WAIT), Outcome::Failed("key 3 was not heard".into()));
    }

    #[test]
    fn a_panel_that_is_turned_is_told_by_its_touches() {
        let crosses = chart::crosses(SIZE);
        assert!(matches!(touches(&heard(crosses.map(Input::Touch)), SIZE, WAIT), Outcome::Works(_)));
        let turned = crosses.map(|Point { x, y }| Input::Touch(Point::new(800 - x, 480 - y)));
        let Outcome::Failed(said) = touches(&heard(turned), SIZE, WAIT) else { panic!("works") };
        assert!(said.contains("touch 1 was seen at 720, 432"), "{said}");
        assert!(matches!(touches(&heard([]), SIZE, WAIT), Outcome::NotTried(_)));
    }
}
