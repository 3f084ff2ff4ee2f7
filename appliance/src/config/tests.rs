//! What whoever writes settings relies on.

use super::*;

#[test]
fn the_example_is_the_defaults() {
    assert_eq!(Config::parse(EXAMPLE).unwrap(), Config::default());
    assert_eq!(Config::parse("").unwrap(), Config::default());
}

#[test]
fn a_box_is_delivered_with_sound_settings() {
    let settings = Config::parse(include_str!("../../../board/image/root/etc/fieldray/fieldray.toml")).unwrap();
    assert_eq!(settings.board.profile, Kind::Named("auto".to_owned()));
    assert_eq!((settings.display.show, settings.serial.port), (Show::Board, Port::Board));
}

#[test]
fn what_the_example_comments_out_can_be_set() {
    let all: String = EXAMPLE
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line))
        .fold(String::new(), |text, line| text + line + "\n");
    let config = Config::parse(&all.replace("\nstore = ", "\n# store = ")).unwrap();
    assert!(config.watch.folder.is_some() && config.model.bundle.is_some() && config.model.key.is_some());
    assert!(config.send.address.is_some() && config.sticks.folder.is_some());
    let config = Config::parse(&all.replace("\nbundle = ", "\n# bundle = ").replace("\nkey = ", "\n# key = ")).unwrap();
    assert!(config.model.store.is_some());
}

#[test]
fn the_line_at_fault_is_named() {
    for (line, wrong, said) in [
        (2, "[dicom]\nport = 70000", "u16"),
        (3, "[dicom]\n\nprot = 104", "unknown field `prot`"),
        (2, "[dicom]\nae_title = \"A TITLE THAT IS TOO LONG\"", "AE title"),
        (3, "[dicom]\nport = 104\ncallers = [\"BACK\\\\SLASH\"]", "AE title"),
        (2, "[dicom]\nassociations = 0", "choose 1 to 256"),
        (2, "[dicom]\naddress = \"here\"", "address"),
        (1, "[dicon]", "unknown field `dicon`"),
        (2, "[serial]\nport = \"\"", "choose the path"),
        (2, "[serial]\nbaud = 100", "choose 1200 to"),
        (2, "[display]\nshow = \"hdmi\"", "png:FOLDER"),
        (2, "[display]\nshow = \"fb:\"", "fb:DEVICE"),
        (2, "[board]\nwatchdog = \"yes\"", "expected a boolean"),
        (2, "[display]\nsize = \"800\"", "800x480"),
        (2, "[display]\nlanguage = \"xx\"", "unknown variant `xx`"),
        (2, "[send]\naddress = \"pacs\"", "address"),
        (2, "[send]\nport = 0", "choose 1 to 65535"),
        (2, "[send]\nwhat = [\"jpeg\"]", "unknown variant `jpeg`"),
        (2, "[input]\nfrom = \"mouse\"", "lines:PATH"),
        (2, "[messages]\nlevel = \"loud\"", "debug"),
        (2, "[archive]\nfolder = /var", ""),
        (2, "[model]\nkey = \"a.pub\"", "without a 'bundle'"),
        (3, "[model]\nbundle = \"a.frb\"\nstore = \"models\"", "beside a 'bundle'"),
    ] {
        let fault = Config::parse(wrong).unwrap_err();
        assert_eq!(fault.line, Some(line), "{wrong}: {fault}");
        assert!(fault.said.contains(said) && !fault.said.contains('\n'), "{wrong}: {fault}");
    }
}
