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
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// The way to who watches over the panel.
#[derive(Debug)]
pub struct Display {
    light: SyncSender<()>,
}

impl Display {
    /// Keeps the panel lit until this is dropped.
    pub fn keep_lit() -> Self {
        // One wish to light it is as good as two.
        let (light, lights) = sync_channel(1);
        let watching = std::thread::Builder::new()
            .name("display".to_owned())
            .spawn(move || watch(&lights));
        if let Err(error) = watching {
            tracing::warn!(%error, "the panel may go dark");
        }
        Self { light }
    }

    /// Lights the panel, if it is dark.
    pub fn light(&self) {
        // Whoever is being asked already has the wish.
        let _ = self.light.try_send(());
    }
}

fn watch(lights: &Receiver<()>) {
    let mut x = x::is_used().then(XServer::default);
    let mut desktop = Desktop::default();
    loop {
        if let Some(x) = &mut x {
            x.keep_lit();
        }
        desktop.keep_lit();
        match lights.recv_timeout(LOOK_EVERY) {
            Ok(()) => {
                if let Some(x) = &mut x {
                    x.light();
                }
                desktop.light();
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
