//! From the events of a Linux input device to what a person did. Nothing here opens a device.

use embedded_graphics::geometry::{Point, Size};
use evdev::{AbsoluteAxisCode, EventSummary, InputEvent, KeyCode};

use super::{Input, Key};

/// The key below the display that a key of a keyboard stands for: `1` to `4` and F1 to F4 from left to right; and the arrows, enter and
/// escape as they lie on lists, where the four keys are up, down, open and back.
pub fn key(code: KeyCode) -> Option<Key> {
    Some(match code {
        KeyCode::KEY_1 | KeyCode::KEY_F1 | KeyCode::KEY_UP | KeyCode::KEY_LEFT => Key::First,
        KeyCode::KEY_2 | KeyCode::KEY_F2 | KeyCode::KEY_DOWN | KeyCode::KEY_RIGHT => Key::Second,
        KeyCode::KEY_3 | KeyCode::KEY_F3 | KeyCode::KEY_ENTER | KeyCode::KEY_KPENTER => Key::Third,
        KeyCode::KEY_4 | KeyCode::KEY_F4 | KeyCode::KEY_ESC | KeyCode::KEY_BACKSPACE => Key::Fourth,
        _ => return None,
    })
}

/// How a touch screen tells of a finger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Least and greatest value across and down.
    pub ranges: [[i32; 2]; 2],
    /// Whether it tells of several fingers by tracking numbers alone; else of one, by `BTN_TOUCH`.
    pub tracks_fingers: bool,
}

/// What is known of one device between its events.
#[derive(Debug, Clone)]
pub struct Decoder {
    screen: Option<Screen>,
    panel: Size,
    at: [i32; 2],
    slot: i32,
}

impl Decoder {
    /// A device over a panel of this size; `screen` where it is a touch screen.
    pub fn new(screen: Option<Screen>, panel: Size) -> Self {
        let at = screen.map_or([0; 2], |screen| screen.ranges.map(|[least, _]| least));
        Self { screen, panel, at, slot: 0 }
    }

    /// What a person did, when this event completes it: a key when it goes down, and no more while it is held; a touch when the first
    /// finger lets go, where it was last.
    pub fn input(&mut self, event: InputEvent) -> Option<Input> {
        match (event.destructure(), self.screen) {
            (EventSummary::Key(_, KeyCode::BTN_TOUCH, 0), Some(Screen { tracks_fingers: false, .. })) => self.touch(),
            (EventSummary::Key(_, code, 1), _) => key(code).map(Input::Key),
            (EventSummary::AbsoluteAxis(_, axis, value), Some(screen)) => self.moved(axis, value, screen),
            _ => None,
        }
    }

    fn moved(&mut self, axis: AbsoluteAxisCode, value: i32, screen: Screen) -> Option<Input> {
        match (axis, screen.tracks_fingers) {
            (AbsoluteAxisCode::ABS_MT_SLOT, _) => self.slot = value,
            (AbsoluteAxisCode::ABS_X, false) => self.at[0] = value,
            (AbsoluteAxisCode::ABS_Y, false) => self.at[1] = value,
            (AbsoluteAxisCode::ABS_MT_POSITION_X, true) if self.slot == 0 => self.at[0] = value,
            (AbsoluteAxisCode::ABS_MT_POSITION_Y, true) if self.slot == 0 => self.at[1] = value,
            (AbsoluteAxisCode::ABS_MT_TRACKING_ID, true) if self.slot == 0 && value < 0 => return self.touch(),
            _ => {}
        }
        None
    }

    fn touch(&self) -> Option<Input> {
        let [across, down] = self.screen?.ranges;
        let scale = |value: i32, [least, greatest]: [i32; 2], length_px: u32| {
            let steps = (i64::from(greatest) - i64::from(least) + 1).max(1);
            let along = (i64::from(value) - i64::from(least)).clamp(0, steps - 1);
            (along * i64::from(length_px) / steps) as i32
        };
        let [x, y] = self.at;
        Some(Input::Touch(Point::new(scale(x, across, self.panel.width), scale(y, down, self.panel.height))))
    }
}

#[cfg(test)]
mod tests {
    use evdev::EventType;

    use super::*;

    const PANEL: Size = Size::new(800, 480);

    fn press(code: KeyCode, value: i32) -> InputEvent {
        InputEvent::new(EventType::KEY.0, code.code(), value)
    }

    fn axis(code: AbsoluteAxisCode, value: i32) -> InputEvent {
        InputEvent::new(EventType::ABSOLUTE.0, code.0, value)
    }

    fn inputs(decoder: &mut Decoder, events: &[InputEvent]) -> Vec<Input> {
        events.iter().filter_map(|event| decoder.input(*event)).collect()
    }

    #[test]
    fn a_key_counts_once_however_long_it_is_held() {
        let mut keyboard = Decoder::new(None, PANEL);
        let held = [1, 2, 2, 0].map(|value| press(KeyCode::KEY_F3, value));
        assert_eq!(inputs(&mut keyboard, &held), [Input::Key(Key::Third)]);
        assert_eq!(inputs(&mut keyboard, &[press(KeyCode::KEY_ESC, 1)]), [Input::Key(Key::Fourth)]);
        assert_eq!(inputs(&mut keyboard, &[press(KeyCode::KEY_A, 1), press(KeyCode::BTN_TOUCH, 0)]), []);
    }

    #[test]
    fn a_finger_touches_where_it_lets_go() {
        let screen = Screen { ranges: [[0, 4095], [100, 1123]], tracks_fingers: false };
        let mut decoder = Decoder::new(Some(screen), PANEL);
        let (x, y) = (AbsoluteAxisCode::ABS_X, AbsoluteAxisCode::ABS_Y);
        let touched = [press(KeyCode::BTN_TOUCH, 1), axis(x, 9), axis(y, 700), axis(x, 2048), axis(y, 612)];
        assert_eq!(inputs(&mut decoder, &touched), []);
        let middle = Input::Touch(Point::new(400, 240));
        assert_eq!(inputs(&mut decoder, &[press(KeyCode::BTN_TOUCH, 0)]), [middle]);
        // What has not changed is not told again.
        assert_eq!(inputs(&mut decoder, &[press(KeyCode::BTN_TOUCH, 1), press(KeyCode::BTN_TOUCH, 0)]), [middle]);
        let corner = [axis(x, 4095), axis(y, 5000), press(KeyCode::BTN_TOUCH, 0)];
        assert_eq!(inputs(&mut decoder, &corner), [Input::Touch(Point::new(799, 479))]);
    }

    #[test]
    fn of_several_fingers_the_first_counts() {
        let screen = Screen { ranges: [[0, 799], [0, 479]], tracks_fingers: true };
        let mut decoder = Decoder::new(Some(screen), PANEL);
        use AbsoluteAxisCode as Axis;
        let told = [
            axis(Axis::ABS_MT_TRACKING_ID, 7),
            axis(Axis::ABS_MT_POSITION_X, 20),
            axis(Axis::ABS_MT_POSITION_Y, 30),
            axis(Axis::ABS_MT_SLOT, 1),
            axis(Axis::ABS_MT_TRACKING_ID, 8),
            axis(Axis::ABS_MT_POSITION_X, 500),
            axis(Axis::ABS_MT_TRACKING_ID, -1),
            axis(Axis::ABS_MT_SLOT, 0),
            axis(Axis::ABS_MT_TRACKING_ID, -1),
        ];
        assert_eq!(inputs(&mut decoder, &told), [Input::Touch(Point::new(20, 30))]);
    }
}
