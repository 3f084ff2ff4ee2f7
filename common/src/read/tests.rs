use std::io::Cursor;

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use image::{DynamicImage, GrayAlphaImage, GrayImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, RgbImage};
use proptest::prelude::*;

use super::{
    dicom::sample::{SIDE, Sample},
    *,
};

fn ramp() -> Sample {
    Sample::film(|index| index * 64)
}

fn encode(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn grey_picture(format: ImageFormat) -> Vec<u8> {
    encode(GrayImage::from_fn(40, 36, |x, y| Luma([(x * 5 + y) as u8])), format)
}

fn refusal(bytes: &[u8]) -> ReadError {
    read(bytes).expect_err("refused")
}

#[test]
fn the_transfer_syntaxes_offered_are_those_read() {
    use dicom_dictionary_std::uids;
    let offered: Vec<&str> = super::transfer_syntaxes().collect();
    for read in [
        uids::IMPLICIT_VR_LITTLE_ENDIAN,
        uids::EXPLICIT_VR_LITTLE_ENDIAN,
        "1.2.840.10008.1.2.2", // Explicit VR Big Endian, retired
        uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
        uids::RLE_LOSSLESS,
        uids::JPEG_BASELINE8_BIT,
        uids::JPEG_EXTENDED12_BIT,
        uids::JPEG_LOSSLESS_SV1,
        uids::JPEG2000_LOSSLESS,
    ] {
        assert!(offered.contains(&read), "{read} of {offered:?}");
    }
    assert_eq!(offered.contains(&uids::JPEGLS_LOSSLESS), cfg!(feature = "jpeg-ls"));
    for other in [uids::MPEG2MPML, uids::JPIP_REFERENCED_DEFLATE, uids::JPEGXL_LOSSLESS] {
        assert!(!offered.contains(&other), "{other}");
    }
}

#[test]
fn the_content_tells_the_format() {
    let source = |bytes: &[u8]| read(bytes).unwrap().facts().source;
    assert_eq!(source(&ramp().file()), Source::Dicom);
    assert_eq!(source(&grey_picture(ImageFormat::Jpeg)), Source::Jpeg);
    assert_eq!(source(&grey_picture(ImageFormat::Png)), Source::Png);
    assert_eq!(refusal(&[]), ReadError::Empty);
    assert_eq!(refusal(b"PK\x03\x04 an archive"), ReadError::UnknownFormat);
    assert_eq!(refusal(&[0; 4000]), ReadError::UnknownFormat);
}

#[test]
fn dicom_is_read_without_preamble_and_meta_information() {
    let film = read(&ramp().file()).unwrap();
    assert_eq!(read(&ramp().file()[128..]).unwrap(), film);
    assert_eq!(read(&ramp().data_set()).unwrap(), film);
    assert_eq!(read(&ramp().implicit_data_set()).unwrap(), film);
}

#[test]
fn sixteen_bits_stay_and_eight_are_spread_over_them() {
    let wide = ImageBuffer::<Luma<u16>, _>::from_fn(32, 32, |x, y| Luma([(x * 2000 + y) as u16]));
    let film = read(&encode(wide, ImageFormat::Png)).unwrap();
    assert_eq!(film.pixels()[[5, 3]], 6005);
    let film = read(&grey_picture(ImageFormat::Png)).unwrap();
    assert_eq!(film.pixels()[[4, 7]], 39 * 257);
}

#[test]
fn a_grey_picture_in_colour_is_the_grey_picture_and_transparency_is_ignored() {
    let level = |x: u32, y: u32| (x * 5 + y) as u8;
    let grey = read(&encode(GrayImage::from_fn(40, 36, |x, y| Luma([level(x, y)])), ImageFormat::Png)).unwrap();
    let colour = RgbImage::from_fn(40, 36, |x, y| Rgb([level(x, y); 3]));
    assert_eq!(read(&encode(colour, ImageFormat::Png)).unwrap(), grey);
    let transparent = GrayAlphaImage::from_fn(40, 36, |x, y| LumaA([level(x, y), x as u8]));
    assert_eq!(read(&encode(transparent, ImageFormat::Png)).unwrap(), grey);
}

#[test]
fn no_beginning_of_a_file_passes_for_the_whole() {
    let dicom = ramp().file();
    let jpeg = grey_picture(ImageFormat::Jpeg);
    let png = grey_picture(ImageFormat::Png);
    // The last chunk of a PNG holds nothing.
    for (whole, needed) in [(&dicom, dicom.len()), (&jpeg, jpeg.len()), (&png, png.len() - 12)] {
        for length in 0..needed {
            assert!(read(&whole[..length]).is_err(), "{length} of {needed}");
        }
    }
    assert_eq!(refusal(&jpeg[..jpeg.len() / 2]), ReadError::Truncated(Source::Jpeg));
    assert_eq!(refusal(&png[..png.len() / 2]), ReadError::Truncated(Source::Png));
    assert_eq!(refusal(&dicom[..dicom.len() - 2]), ReadError::Truncated(Source::Dicom));
}

#[test]
fn bytes_behind_a_picture_do_not_matter() {
    let whole = grey_picture(ImageFormat::Jpeg);
    let longer = [whole.as_slice(), b"a camera's notes \xFF\xD8\xFF"].concat();
    assert_eq!(read(&longer).unwrap(), read(&whole).unwrap());
}

#[test]
fn only_projections_are_radiographs_unless_any_modality_is_accepted() {
    let slice = ramp().text(tags::MODALITY, VR::CS, "CT").file();
    assert_eq!(refusal(&slice), ReadError::NotARadiograph("CT".to_owned()));
    assert_eq!(refusal(&slice).to_string(), "a CT object, not a projection radiograph");
    assert!(read_accepting(&slice, Accept::AnyModality).is_ok());
    let slices = Accept::CtSlices(CtWindow::new(-160, 240).unwrap());
    assert!(read_accepting(&slice, slices).is_ok());
    let film = read_accepting(&ramp().file(), slices).unwrap_err();
    assert_eq!(film.to_string(), "a DX object, not a CT slice");
    assert!(read(&ramp().without(tags::MODALITY).file()).is_ok());
    assert!(read(&ramp().text(tags::MODALITY, VR::CS, "CR").file()).is_ok());
}

#[test]
fn what_a_file_says_of_its_image_is_read_without_the_pixels() {
    let whole = ramp().text(tags::PATIENT_ID, VR::LO, "P7").text(tags::BODY_PART_EXAMINED, VR::CS, "HAND").file();
    let start = &whole[..whole.len() - 1000];
    assert_eq!(&dicom_facts(start, Accept::Projections).unwrap(), read(&whole).unwrap().facts());
    assert_eq!(dicom_facts(&grey_picture(ImageFormat::Png), Accept::Projections), Err(ReadError::UnknownFormat));
    let slice = ramp().text(tags::MODALITY, VR::CS, "CT").file();
    assert_eq!(dicom_facts(&slice, Accept::Projections), Err(ReadError::NotARadiograph("CT".to_owned())));
}

#[test]
fn what_is_no_single_grey_film_is_refused() {
    let frames = ramp().text(tags::NUMBER_OF_FRAMES, VR::IS, "12").file();
    assert_eq!(refusal(&frames), ReadError::SeveralFrames(12));
    let colour = ramp().short(tags::SAMPLES_PER_PIXEL, 3).text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB").file();
    assert_eq!(refusal(&colour), ReadError::Colour("RGB".to_owned()));
    assert_eq!(refusal(&ramp().without(tags::PIXEL_DATA).file()), ReadError::NoPixelData);
    let missing = ReadError::Header { attribute: "Rows", problem: "is missing".to_owned() };
    assert_eq!(refusal(&ramp().without(tags::ROWS).file()), missing);
    let polarity = refusal(&ramp().without(tags::PHOTOMETRIC_INTERPRETATION).file());
    assert!(matches!(polarity, ReadError::Header { attribute: "PhotometricInterpretation", .. }));
}

#[test]
fn a_header_cannot_claim_more_than_is_there() {
    let sized = |rows, columns| ramp().short(tags::ROWS, rows).short(tags::COLUMNS, columns).file();
    assert!(matches!(refusal(&sized(65535, 65535)), ReadError::Size(SizeError::TooLarge { .. })));
    assert!(matches!(refusal(&sized(4, 4)), ReadError::Size(SizeError::TooSmall { .. })));
    assert_eq!(refusal(&sized(7000, 7000)), ReadError::Truncated(Source::Dicom));
    // The file claims four gigabytes for a name.
    let mut file = ramp().without(tags::PIXEL_DATA).file();
    file.extend([0xE1, 0x7F, 0x10, 0x00, b'U', b'T', 0, 0, 0xF0, 0xFF, 0xFF, 0xFF]);
    assert_eq!(refusal(&file), ReadError::Truncated(Source::Dicom));
}

#[test]
fn sequences_may_nest_as_deep_as_they_like() {
    const OPEN: [u8; 20] =
        [8, 0, 0x40, 0x11, b'S', b'Q', 0, 0, 255, 255, 255, 255, 0xFE, 0xFF, 0, 0xE0, 255, 255, 255, 255];
    const CLOSE: [u8; 16] = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];
    let film = ramp().file();
    let (meta, data_set) = film.split_at(film.len() - ramp().data_set().len());
    let nested = [meta, &OPEN.repeat(200_000), &CLOSE.repeat(200_000), data_set].concat();
    assert_eq!(read(&nested).unwrap(), read(&film).unwrap());
    assert_eq!(refusal(&[meta, &OPEN.repeat(200_000)].concat()), ReadError::Truncated(Source::Dicom));
}

#[test]
fn a_compressed_film_is_one_of_the_stated_size() {
    let jpeg = encode(GrayImage::from_fn(SIDE.into(), SIDE.into(), |x, _| Luma([x as u8])), ImageFormat::Jpeg);
    let eight_bits = || ramp().short(tags::BITS_ALLOCATED, 8).short(tags::BITS_STORED, 8).short(tags::HIGH_BIT, 7);
    let film = |syntax, fragment: &[u8]| eight_bits().encapsulated(syntax, fragment).file();
    assert!(read(&film(uids::JPEG_BASELINE8_BIT, &jpeg)).is_ok());
    let other_size = film(uids::JPEG_BASELINE8_BIT, &grey_picture(ImageFormat::Jpeg));
    assert!(refusal(&other_size).to_string().contains("32 x 32 pixels stated, 40 x 36 compressed"));
    let short = film(uids::JPEG_BASELINE8_BIT, &jpeg[..jpeg.len() - 4]);
    assert_eq!(refusal(&short), ReadError::Truncated(Source::Dicom));
    let refused = refusal(&film(uids::MPEG2MPML, &jpeg)).to_string();
    assert!(refused.contains("MPEG2"), "{refused}");
}

#[test]
fn text_keeps_its_letters_and_facts_their_values() {
    let film = ramp()
        .text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 100")
        .with(tags::PATIENT_ID, VR::LO, b"M\xFCller".to_vec())
        .text(tags::BODY_PART_EXAMINED, VR::CS, "LT WRIST")
        .text(tags::IMAGER_PIXEL_SPACING, VR::DS, "0.15\\0.2")
        .text(tags::IMAGE_LATERALITY, VR::CS, "L");
    let film = read(&film.file()).unwrap();
    let facts = film.facts();
    assert_eq!(facts.patient_id.as_deref(), Some("Müller"));
    assert_eq!(facts.region, Some(crate::region::Region::Wrist));
    assert_eq!(facts.body_part_examined.as_deref(), Some("LT WRIST"));
    assert_eq!(facts.pixel_spacing_mm, Some([0.15, 0.2]));
    assert_eq!(facts.laterality.as_deref(), Some("L"));
}

/// Whole files of every kind that the reader takes apart.
fn whole_files() -> Vec<Vec<u8>> {
    let table = Sample::item().shorts(tags::LUT_DESCRIPTOR, &[4, 0, 16]).shorts(tags::LUT_DATA, &[0, 9, 99, 999]);
    // Two segments of one long run each.
    let mut rle = vec![0; 64];
    rle[..12].copy_from_slice(&[2, 0, 0, 0, 64, 0, 0, 0, 80, 0, 0, 0]);
    rle.extend([0x81, 7].repeat(8));
    rle.extend([0x81, 200].repeat(8));
    vec![
        ramp().sequence(tags::MODALITY_LUT_SEQUENCE, table.clone()).sequence(tags::VOILUT_SEQUENCE, table).file(),
        ramp().encapsulated(uids::RLE_LOSSLESS, &rle).file(),
        grey_picture(ImageFormat::Jpeg),
        grey_picture(ImageFormat::Png),
    ]
}

#[test]
fn the_whole_files_are_whole() {
    for file in whole_files() {
        read(&file).unwrap();
    }
}

proptest! {
    #[test]
    fn damage_is_never_a_panic(
        which in 0..4_usize,
        length in 0.0..1.5_f64,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let mut file = whole_files().swap_remove(which);
        for (at, byte) in damage {
            let at = at.index(file.len());
            file[at] = byte;
        }
        file.truncate((length * file.len() as f64) as usize);
        let _ = read_accepting(&file, Accept::AnyModality);
        let _ = dicom_facts(&file, Accept::AnyModality);
    }

    #[test]
    fn any_bytes_behind_a_prefix_are_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let prefixes: [&[u8]; 4] = [b"\x08\x00\x05\x00CS", jpeg::START_OF_IMAGE, raster::PNG_SIGNATURE, &[]];
        for prefix in prefixes {
            let _ = read(&[prefix, &bytes].concat());
        }
    }
}
