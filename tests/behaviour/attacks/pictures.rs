//! Pictures good and bad.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};

pub(super) fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let made = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x % 251) as u8, (y % 241) as u8, 90])
    });
    DynamicImage::ImageRgb8(made)
        .write_to(&mut Cursor::new(&mut bytes), format)
        .expect("encodes");
    bytes
}

/// A PNG of a few bytes that says it is larger than a house.
pub(super) fn bomb(side: u32) -> Vec<u8> {
    let mut small = picture(64, 64, ImageFormat::Png);
    small[16..20].copy_from_slice(&side.to_be_bytes());
    small[20..24].copy_from_slice(&side.to_be_bytes());
    // The sum of the header, which a decoder checks first.
    let sum = small[12..29].iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg())
        })
    });
    small[29..33].copy_from_slice(&(!sum).to_be_bytes());
    small
}

/// A JPEG with a note of where it was taken.
pub fn with_a_secret() -> Vec<u8> {
    let plain = picture(300, 200, ImageFormat::Jpeg);
    let secret = b"Exif\0\0taken at 34.690083, 135.502165";
    let length = u16::try_from(secret.len() + 2)
        .expect("short")
        .to_be_bytes();
    [&plain[..2], &[0xFF, 0xE1], &length, secret, &plain[2..]].concat()
}
