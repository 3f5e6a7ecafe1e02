//! Drawing the face without a display: for `kairan-tablet screens`, for tests, and for a machine
//! that has none.

use std::{cell::RefCell, fs, io::Cursor, path::Path, rc::Rc};

use anyhow::Context as _;
use image::{ImageReader, Limits};
use kairan_contract::{Language, TextSize};
use kairan_ui::TabletWindow;
use slint::{
    ComponentHandle as _, Image, LogicalSize, PhysicalSize, PlatformError, Rgba8Pixel,
    SharedPixelBuffer,
    platform::{
        Platform, WindowAdapter, WindowEvent,
        software_renderer::{MinimalSoftwareWindow, RepaintBufferType},
    },
};

use crate::{
    demonstration,
    scenes::scenes,
    screens::scene::Scene,
    window::{join_phrases, show},
};

/// A tablet's screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScreenSize {
    /// Its name on the command line.
    pub name: &'static str,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Inches from corner to corner.
    pub diagonal: f64,
}

impl ScreenSize {
    /// Every screen that the face must fit.
    pub const ALL: [Self; 5] = [
        Self {
            name: "tablet-10",
            width: 1280,
            height: 800,
            diagonal: 10.1,
        },
        Self {
            name: "tablet-10-portrait",
            width: 800,
            height: 1280,
            diagonal: 10.1,
        },
        Self {
            name: "tablet-8",
            width: 1280,
            height: 800,
            diagonal: 8.0,
        },
        Self {
            name: "tablet-11-sharp",
            width: 1920,
            height: 1200,
            diagonal: 10.95,
        },
        Self {
            name: "kiosk-21",
            width: 1920,
            height: 1080,
            diagonal: 21.5,
        },
    ];

    /// Pixels a logical pixel: with it, a millimetre of the face is a millimetre on the glass.
    pub fn scale(&self) -> f32 {
        scale(self.width, self.height, self.diagonal)
    }
}

/// True pixels per inch over the 96 that Slint takes for an inch.
#[expect(
    clippy::cast_possible_truncation,
    reason = "Slint takes its factor in 32 bits"
)]
pub fn scale(width: u32, height: u32, diagonal: f64) -> f32 {
    (f64::from(width).hypot(f64::from(height)) / diagonal / 96.0) as f32
}

/// The sizes of the letters with their names on the command line.
pub const TEXT_SIZES: [(&str, TextSize); 3] = [
    ("standard", TextSize::Standard),
    ("large", TextSize::Large),
    ("largest", TextSize::Largest),
];

/// A platform without a display: windows are drawn into memory.
#[derive(Default)]
pub struct Headless {
    window: RefCell<Option<Rc<MinimalSoftwareWindow>>>,
}

impl Platform for Headless {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        let window = MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer);
        *self.window.borrow_mut() = Some(Rc::clone(&window));
        Ok(window)
    }
}

/// Fits the window to a screen.
pub fn fit(window: &TabletWindow, profile: &ScreenSize) {
    let slint = window.window();
    slint.dispatch_event(WindowEvent::ScaleFactorChanged {
        scale_factor: profile.scale(),
    });
    let physical = PhysicalSize::new(profile.width, profile.height);
    slint.set_size(physical);
    let LogicalSize { width, height, .. } = physical.to_logical(profile.scale());
    slint.dispatch_event(WindowEvent::Resized {
        size: LogicalSize::new(width, height),
    });
}

/// Shows a scene of the demonstration.
pub fn show_scene(window: &TabletWindow, scene: &Scene, size: TextSize, language: Language) {
    let mut session = scene.session.clone();
    session.profile.text_size = size;
    session.profile.language = language;
    show(window, &session, &scene.machine, scene.now, |sha256| {
        demonstration::picture(sha256)
            .and_then(decode)
            .map(Image::from_rgba8)
    });
}

/// Draws every screen on the screens and in the sizes asked for.
pub fn draw_screens(
    out: &Path,
    profiles: &[ScreenSize],
    sizes: &[(&str, TextSize)],
    languages: &[Language],
) -> anyhow::Result<usize> {
    slint::platform::set_platform(Box::new(Headless::default()))
        .context("the renderer cannot start")?;
    fs::create_dir_all(out).with_context(|| format!("cannot make the folder {}", out.display()))?;
    let mut drawn = 0;
    for profile in profiles {
        for (size_name, size) in sizes {
            for language in languages {
                for scene in scenes() {
                    let window = TabletWindow::new().context("the window cannot be made")?;
                    join_phrases(&window);
                    window.show()?;
                    fit(&window, profile);
                    show_scene(&window, &scene, *size, *language);
                    let (scene, profile) = (scene.name, profile.name);
                    let name = format!("{scene}-{profile}-{size_name}-{language}.png");
                    save(&window, &out.join(name))?;
                    window.hide()?;
                    drawn += 1;
                }
            }
        }
    }
    Ok(drawn)
}

/// Writes what the window shows as a PNG file.
pub fn save(window: &TabletWindow, path: &Path) -> anyhow::Result<()> {
    let pixels = window
        .window()
        .take_snapshot()
        .context("the window cannot be drawn")?;
    image::save_buffer(
        path,
        pixels.as_bytes(),
        pixels.width(),
        pixels.height(),
        image::ColorType::Rgba8,
    )
    .with_context(|| format!("cannot write {}", path.display()))
}

/// Decodes a picture within bounds. Slow: not for the window's thread.
pub fn decode(bytes: impl AsRef<[u8]>) -> Option<SharedPixelBuffer<Rgba8Pixel>> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(4096);
    limits.max_image_height = Some(4096);
    limits.max_alloc = Some(64 * 1024 * 1024);
    let mut reader = ImageReader::new(Cursor::new(bytes.as_ref()))
        .with_guessed_format()
        .ok()?;
    reader.limits(limits);
    let picture = reader.decode().ok()?.into_rgba8();
    Some(SharedPixelBuffer::clone_from_slice(
        picture.as_raw(),
        picture.width(),
        picture.height(),
    ))
}
