//! The fingers on the window's glass, before Slint makes one pointer of them. Slint itself takes the first for
//! the mouse and lets it go, as a tap, when a second comes.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
    time::{Duration, Instant},
};

use kairan_ui::TabletWindow;
use slint::{
    ComponentHandle as _, LogicalPosition, Timer, TimerMode, Window,
    platform::{PointerEventButton, WindowEvent},
    winit_030::{
        EventResult, WinitWindowAccessor as _,
        winit::event::{DeviceId, Touch, TouchPhase, WindowEvent as WinitEvent},
    },
};

use crate::palm_rejection::{PalmRejection, Point, Pointer, ScreenArea};

/// Slint's logical pixels in a millimetre.
const PIXELS_IN_A_MILLIMETRE: f32 = 96.0 / 25.4;

/// Who watches over the fingers on a window.
struct TouchFilter {
    fingers: RefCell<PalmRejection<(DeviceId, u64)>>,
    /// Wakes when a finger begins to rest.
    rests: Timer,
    began: Instant,
    window: slint::Weak<TabletWindow>,
}

/// From now on a resting hand neither taps nor hinders another finger. A window without a display has no fingers.
pub(super) fn install_touch_filter(window: &TabletWindow) {
    let filter = Rc::new(TouchFilter {
        fingers: RefCell::default(),
        rests: Timer::default(),
        began: Instant::now(),
        window: window.as_weak(),
    });
    window
        .window()
        .on_winit_window_event(move |window, event| match event {
            WinitEvent::Touch(touch) => {
                filter.follow(window, touch);
                EventResult::PreventDefault
            }
            // X11 lets the mouse follow the first finger, too, whoever it is.
            WinitEvent::CursorMoved { .. } | WinitEvent::CursorLeft { .. }
                if filter.fingers.borrow().are_down() =>
            {
                EventResult::PreventDefault
            }
            _ => EventResult::Propagate,
        });
}

impl TouchFilter {
    fn follow(self: &Rc<Self>, window: &Window, touch: &Touch) {
        let now_ms = self.now_ms();
        let id = (touch.device_id, touch.id);
        let scale = window.scale_factor();
        let at = touch.location.cast::<f32>();
        let at = Point {
            x: at.x / scale / PIXELS_IN_A_MILLIMETRE,
            y: at.y / scale / PIXELS_IN_A_MILLIMETRE,
        };
        let size = window.size().to_logical(scale);
        let glass = ScreenArea {
            width: size.width / PIXELS_IN_A_MILLIMETRE,
            height: size.height / PIXELS_IN_A_MILLIMETRE,
        };
        let told = {
            let mut fingers = self.fingers.borrow_mut();
            match touch.phase {
                TouchPhase::Started => fingers.put_down(id, at, glass, now_ms),
                TouchPhase::Moved => fingers.moved(id, at, now_ms),
                TouchPhase::Ended => fingers.lifted(id, at, now_ms),
                TouchPhase::Cancelled => fingers.cancelled(id),
            }
        };
        Self::dispatch(window, told);
        self.wait_for_rest();
    }

    fn dispatch(window: &Window, told: Vec<Pointer>) {
        let button = PointerEventButton::Left;
        for pointer in told {
            let event = match pointer {
                Pointer::Pressed(spot) => WindowEvent::PointerPressed {
                    position: position(spot),
                    button,
                },
                Pointer::Moved(spot) => WindowEvent::PointerMoved {
                    position: position(spot),
                },
                Pointer::Released(spot) => WindowEvent::PointerReleased {
                    position: position(spot),
                    button,
                },
                Pointer::Exited => WindowEvent::PointerExited,
            };
            if let Err(error) = window.dispatch_event_with_result(event) {
                tracing::warn!(%error, "a touch was lost");
            }
        }
    }

    fn wait_for_rest(self: &Rc<Self>) {
        let Some(due_ms) = self.fingers.borrow().due_ms() else {
            self.rests.stop();
            return;
        };
        let pause = Duration::from_millis(due_ms.saturating_sub(self.now_ms()));
        let filter: Weak<Self> = Rc::downgrade(self);
        self.rests.start(TimerMode::SingleShot, pause, move || {
            let Some(filter) = filter.upgrade() else {
                return;
            };
            let told = filter.fingers.borrow_mut().update(filter.now_ms());
            if let Some(window) = filter.window.upgrade() {
                Self::dispatch(window.window(), told);
            }
            filter.wait_for_rest();
        });
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

fn position(spot: Point) -> LogicalPosition {
    LogicalPosition::new(
        spot.x * PIXELS_IN_A_MILLIMETRE,
        spot.y * PIXELS_IN_A_MILLIMETRE,
    )
}
