//! What is said of models.

use super::*;

#[test]
fn the_box_tells_of_its_models_over_a_bad_line() {
    let mut cable = Cable::new(115_200, Noise { corrupted: 0.01, dropped: 0.01, doubled: 0.0 });
    cable.sender.ask_models(cable.now);
    assert_eq!(cable.reply(), Some(Reply::Models(Memory::default().models())));
    for number in 0..3 {
        cable.sender.ask_change(number, cable.now);
        assert_eq!(cable.reply(), Some(Reply::Change(Memory::default().change(number))));
    }
    cable.sender.ask_identity(cable.now);
    assert_eq!(cable.reply(), Some(Reply::Identity(Memory::default().identity())));
    cable.sender.ask_installation([5; 32], cable.now);
    let running = Installation::Running { phase: Phase::Try, done: 5, of: 8 };
    assert_eq!(cable.reply(), Some(Reply::Installation(running)));
    for (number, count) in [(0, FILES), (39, 1), (40, 0)] {
        cable.sender.ask_files(number, cable.now);
        let Some(Reply::Files { all: 40, sha256s }) = cable.reply() else { panic!("no files") };
        assert_eq!((sha256s.len(), sha256s.first()), (count, [[number as u8; 32]; 1].first().filter(|_| count > 0)));
    }
}
