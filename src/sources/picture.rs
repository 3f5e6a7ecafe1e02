//! Pictures of publishers: bounded before they are decoded, scaled to the tablet, encoded again.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, ImageResult, Limits,
    codecs::jpeg::JpegEncoder, imageops::FilterType, metadata::Orientation,
};

/// What is decoded at all.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Pixels across or down.
    side: u32,
    /// Memory for decoding.
    bytes: u64,
}

impl Bounds {
    /// For what a publisher shows on the web.
    pub const PUBLISHED: Self = Self {
        side: 4096,
        bytes: 64 * 1024 * 1024,
    };
    /// For what a telephone's camera takes, which today are up to 50 million pixels.
    pub const TAKEN: Self = Self {
        side: 9000,
        bytes: 192 * 1024 * 1024,
    };
}

/// Pixels across or down of what a tablet gets.
const TABLET_SIDE: u32 = 1000;
/// Smaller pictures are dots that count visitors.
const LEAST_SIDE: u32 = 24;

/// A picture as tablets get it.
#[derive(Debug)]
pub struct Encoded {
    /// A JPEG, or a PNG where something is transparent.
    pub bytes: Vec<u8>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Decodes, scales and encodes again. Slow: not for a thread that others wait for.
///
/// # Errors
/// Says why, when the bytes are no picture, are too large, or too small to be one.
pub fn prepare(bytes: &[u8], bounds: Bounds) -> Result<Encoded, String> {
    let (mut picture, orientation) = decode(bytes, bounds).map_err(|error| error.to_string())?;
    if picture.width() < LEAST_SIDE || picture.height() < LEAST_SIDE {
        return Err("it is too small to be a picture".to_owned());
    }
    if picture.width() > TABLET_SIDE || picture.height() > TABLET_SIDE {
        picture = picture.resize(TABLET_SIDE, TABLET_SIDE, FilterType::CatmullRom);
    }
    // Turned when it is small, which takes less memory.
    picture.apply_orientation(orientation);
    let mut out = Vec::new();
    if is_transparent(&picture) {
        picture
            .write_to(&mut Cursor::new(&mut out), ImageFormat::Png)
            .map_err(|e| e.to_string())?;
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut out, 82);
        picture
            .to_rgb8()
            .write_with_encoder(encoder)
            .map_err(|e| e.to_string())?;
    }
    Ok(Encoded {
        bytes: out,
        width: picture.width(),
        height: picture.height(),
    })
}

/// Decodes within bounds, and tells which way the camera was held.
fn decode(bytes: &[u8], bounds: Bounds) -> ImageResult<(DynamicImage, Orientation)> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(bounds.side);
    limits.max_image_height = Some(bounds.side);
    limits.max_alloc = Some(bounds.bytes);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    limits.check_dimensions(width, height)?;
    limits.reserve(decoder.total_bytes())?;
    decoder.set_limits(limits)?;
    // What says nothing of it, or nonsense, was held upright.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((DynamicImage::from_decoder(decoder)?, orientation))
}

fn is_transparent(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, alpha: u8) -> Vec<u8> {
        let picture =
            image::RgbaImage::from_pixel(width, height, image::Rgba([200, 80, 20, alpha]));
        let mut bytes = Vec::new();
        DynamicImage::ImageRgba8(picture)
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .expect("encodes");
        bytes
    }

    #[test]
    fn a_picture_is_scaled_to_the_tablet() {
        let made = prepare(&png(2000, 500, 255), Bounds::PUBLISHED).expect("a picture");
        assert_eq!((made.width, made.height), (1000, 250));
        assert_eq!(
            image::guess_format(&made.bytes).ok(),
            Some(ImageFormat::Jpeg)
        );
        let clear = prepare(&png(100, 100, 10), Bounds::PUBLISHED).expect("a picture");
        assert_eq!(
            image::guess_format(&clear.bytes).ok(),
            Some(ImageFormat::Png)
        );
    }

    #[test]
    fn dots_giants_and_nonsense_are_refused() {
        assert!(prepare(&png(1, 1, 255), Bounds::PUBLISHED).is_err());
        assert!(prepare(&png(5000, 30, 255), Bounds::PUBLISHED).is_err());
        assert!(prepare(&png(5000, 30, 255), Bounds::TAKEN).is_ok());
        assert!(prepare(&png(9100, 30, 255), Bounds::TAKEN).is_err());
        assert!(prepare(b"<svg/>", Bounds::TAKEN).is_err());
        assert!(prepare(&[], Bounds::TAKEN).is_err());
    }
}
