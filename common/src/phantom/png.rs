//! A phantom as a PNG picture.

use std::io::Cursor;

use image::{ImageBuffer, ImageFormat, Luma};

use super::Phantom;

/// The film as an 8-bit grey PNG, bone bright.
pub fn png(phantom: &Phantom) -> Vec<u8> {
    let film = &phantom.film;
    let levels: Vec<u8> = film.pixels().iter().map(|&value| (value >> 8) as u8).collect();
    let mut bytes = Vec::new();
    let picture: ImageBuffer<Luma<u8>, Vec<u8>> =
        ImageBuffer::from_raw(film.width_px() as u32, film.height_px() as u32, levels)
            .expect("one level for each pixel of the film");
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).expect("writing to memory cannot fail");
    bytes
}
