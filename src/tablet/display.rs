//! The panel: kept from going dark while the tablet runs, and lit when something takes over.
//!
//! Who darkens a panel differs: an X server by itself, or a desktop's session. Each is asked in its own way, and
//! holds to it for as long as this program lives: the X server by its screen saver's extension and DPMS, a desktop by
//! `org.freedesktop.ScreenSaver` or the portal's `Inhibit`. Wayland's own `zwp_idle_inhibit_manager_v1` is not used:
//! a compositor without a desktop's session that darkens (weston after its idle time, sway with swayidle) is not
//! asked and not lit, and has to be set up not to. No touch is lost there either: the first after five minutes
//! only wakes, see [`crate::session`].

mod desktop;
mod x;

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    time::Duration,
};

use desktop::Desktop;
use x::XServer;

/// Who may not have been there, or was started anew, is asked again so soon: no panel darkens within less.
const POLL_EVERY: Duration = Duration::from_secs(20);

/// The way to who watches over the panel.
#[derive(Debug)]
pub struct Display {
    wake: SyncSender<()>,
}

impl Display {
    /// Keeps the panel lit until this is dropped.
    pub fn keep_on() -> Self {
        // One wish to light it is as good as two.
        let (wake, wakes) = sync_channel(1);
        let watching = std::thread::Builder::new()
            .name("display".to_owned())
            .spawn(move || run(&wakes));
        if let Err(error) = watching {
            tracing::warn!(%error, "the panel may go dark");
        }
        Self { wake }
    }

    /// Lights the panel, if it is dark.
    pub fn wake(&self) {
        // Whoever is being asked already has the wish.
        let _ = self.wake.try_send(());
    }
}

fn run(wakes: &Receiver<()>) {
    let mut x = x::is_used().then(XServer::default);
    let mut desktop = Desktop::default();
    loop {
        if let Some(x) = &mut x {
            x.inhibit_blanking();
        }
        desktop.inhibit_blanking();
        match wakes.recv_timeout(POLL_EVERY) {
            Ok(()) => {
                if let Some(x) = &mut x {
                    x.wake();
                }
                desktop.wake();
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
