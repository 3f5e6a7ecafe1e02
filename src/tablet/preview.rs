//! `kairan-tablet preview`: what a tablet would show with another catalogue, for the council's console.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    fs,
    io::{Cursor, Read as _},
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use anyhow::{Context as _, bail};
use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};
use jiff::Timestamp;
use kairan_contract::{EmergencySeen, Manifest, PreviewOrder, Sha256, Touch};
use kairan_ui::TabletWindow;
use slint::{
    ComponentHandle as _, Image, PhysicalPosition,
    platform::{PointerEventButton, WindowEvent},
};

use crate::{
    drawing::{Headless, ScreenSize, decode, fit},
    library::{BLOB_LIMIT, ContentSnapshot, MANIFEST_LIMIT, neighbourhoods_in},
    machine::Machine,
    profile::Profile,
    reading,
    session::{Command, Connection, Session},
    window::{InputHandler, connect, show},
};

/// So long after a touch the next one counts, in milliseconds.
const BETWEEN_TOUCHES: u64 = 5_000;

/// What is wanted of a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The picture, as a PNG file.
    Picture,
    /// What stands on it, as JSON.
    Words,
}

/// Reads an order, and gives what is wanted. The blobs that the manifest names lie in `blobs`.
pub fn preview(order: impl std::io::Read, blobs: &Path, wanted: Wanted) -> anyhow::Result<Vec<u8>> {
    let mut json = Vec::new();
    order.take(2 * MANIFEST_LIMIT).read_to_end(&mut json)?;
    let order: PreviewOrder = serde_json::from_slice(&json).context("the order cannot be read")?;
    let profile = ScreenSize::ALL
        .into_iter()
        .find(|known| known.name == order.profile);
    let profile = profile.context("there is no such screen")?;
    if order.touches.len() > PreviewOrder::TOUCHES {
        bail!("nobody touches so often");
    }
    slint::platform::set_platform(Box::new(Headless::default()))
        .context("the renderer cannot start")?;
    let window = TabletWindow::new().context("the window cannot be made")?;
    let hands = Rc::new(Finger::before(&window, &order, blobs)?);
    connect(&window, &hands);
    window.show()?;
    fit(&window, &profile);
    hands.show();
    for touched in order.touches {
        hands.now_ms.set(hands.now_ms.get() + BETWEEN_TOUCHES);
        match touched {
            Touch::Place([across, down]) => touch(&window, &profile, across, down),
            Touch::Control(number) => {
                reading::tap(window.window(), number);
            }
        }
    }
    match wanted {
        Wanted::Picture => picture(&window),
        Wanted::Words => Ok(serde_json::to_vec(&reading::in_sight(window.window()))?),
    }
}

/// A finger before a tablet that nobody holds.
struct Finger {
    window: slint::Weak<TabletWindow>,
    session: RefCell<Session>,
    machine: Machine,
    now: Timestamp,
    now_ms: Cell<u64>,
    blobs: PathBuf,
}

impl Finger {
    fn before(window: &TabletWindow, order: &PreviewOrder, blobs: &Path) -> anyhow::Result<Self> {
        let now = Timestamp::from_millisecond(order.now).context("there is no such time")?;
        let mut session = Session::new(
            Some(Arc::new(held(order, blobs))),
            Profile {
                text_size: order.text_size,
                language: order.language,
                emergencies: before(&order.manifest),
                ..Profile::practised()
            },
            true,
        );
        session.connection = Connection::Online;
        if !order.manifest.emergencies.is_empty() {
            // Nothing comes forward by itself but what takes over.
            session.tick(now, 0);
        }
        Ok(Self {
            window: window.as_weak(),
            session: RefCell::new(session),
            machine: Machine {
                battery_percent: order.battery_percent,
                pixels: (1280, 800),
                tenths_of_inches: 101,
                silence: None,
            },
            now,
            now_ms: Cell::new(0),
            blobs: blobs.to_owned(),
        })
    }

    fn show(&self) {
        if let Some(window) = self.window.upgrade() {
            let session = self.session.borrow().clone();
            show(&window, &session, &self.machine, self.now, |sha256| {
                blob(&self.blobs, sha256)
                    .and_then(decode)
                    .map(Image::from_rgba8)
            });
        }
    }
}

impl InputHandler for Finger {
    fn accepts_touch(&self) -> bool {
        self.session
            .borrow()
            .accepts_touch(self.now_ms.get())
            .is_ok()
    }

    fn slid(&self) {}

    fn act(&self, action: Command) {
        // What a tablet would do besides showing something is done by none.
        drop(
            self.session
                .borrow_mut()
                .update(action, self.now, self.now_ms.get()),
        );
        self.show();
    }
}

/// What was seen of the emergencies before they said what they say now.
fn before(manifest: &Manifest) -> Vec<EmergencySeen> {
    let later = manifest.emergencies.iter().filter(|it| it.edition > 1);
    later
        .map(|emergency| EmergencySeen {
            id: emergency.id,
            edition: emergency.edition - 1,
            answered: true,
        })
        .collect()
}

/// What the tablet would hold, as far as it has been fetched.
fn held(order: &PreviewOrder, blobs: &Path) -> ContentSnapshot {
    let mut contents = HashMap::new();
    for entry in &order.manifest.services {
        let bytes = entry
            .content
            .as_ref()
            .and_then(|it| blob(blobs, it.blob.sha256));
        if let Some(content) = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            contents.insert(entry.service.id.clone(), content);
        }
    }
    let list = order.manifest.neighbourhoods;
    let list = list.and_then(|it| blob(blobs, it.sha256));
    ContentSnapshot {
        manifest: order.manifest.clone(),
        contents,
        neighbourhoods: list
            .map(|bytes| neighbourhoods_in(&bytes))
            .unwrap_or_default(),
    }
}

/// A blob, if it is whole.
fn blob(folder: &Path, sha256: Sha256) -> Option<Vec<u8>> {
    let file = fs::File::open(folder.join(sha256.to_string())).ok()?;
    let mut bytes = Vec::new();
    file.take(BLOB_LIMIT + 1).read_to_end(&mut bytes).ok()?;
    (Sha256::of(&bytes) == sha256).then_some(bytes)
}

#[expect(clippy::cast_possible_wrap, reason = "pixels of a screen")]
fn touch(window: &TabletWindow, profile: &ScreenSize, across: u32, down: u32) {
    let at = PhysicalPosition::new(
        across.min(profile.width) as i32,
        down.min(profile.height) as i32,
    );
    let position = at.to_logical(profile.scale());
    let button = PointerEventButton::Left;
    for event in [
        WindowEvent::PointerMoved { position },
        WindowEvent::PointerPressed { position, button },
        WindowEvent::PointerReleased { position, button },
        WindowEvent::PointerExited,
    ] {
        window.window().dispatch_event(event);
    }
}

/// A window as a PNG file.
pub fn picture(window: &TabletWindow) -> anyhow::Result<Vec<u8>> {
    let pixels = window
        .window()
        .take_snapshot()
        .context("the window cannot be drawn")?;
    let mut png = Cursor::new(Vec::new());
    PngEncoder::new(&mut png).write_image(
        pixels.as_bytes(),
        pixels.width(),
        pixels.height(),
        ExtendedColorType::Rgba8,
    )?;
    Ok(png.into_inner())
}
