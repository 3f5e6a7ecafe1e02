//! Which of the fingers on the glass is the one that taps. Pure: time and places come as arguments, and
//! what the one pointer of the window does comes back.
//!
//! The window follows one pointer, and a hand has more: a thumb that holds the tablet, a palm that lies on
//! it, a heel that drops behind its finger. The rule:
//!
//! 1. A finger that comes down lights what is below it, and its lift is the tap. The last that came is lit.
//! 2. The first that lifts taps, where it was put down. All others that were down then rest.
//! 3. Whoever has been down for two seconds beside another, or for five alone, rests.
//! 4. At the margin a finger holds the tablet: it rests as soon as another touches further in.
//! 5. Three and more at once, near each other, are a palm: they rest, and what comes down beside them too.
//!
//! Who rests lights nothing, opens nothing and hinders nobody, until lifted.

/// A place on the glass, in millimetres from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// How large the glass is, in millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScreenArea {
    /// From left to right.
    pub width: f32,
    /// From top to bottom.
    pub height: f32,
}

/// What the window's pointer does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pointer {
    /// It is pressed.
    Pressed(Point),
    /// It moves while it is pressed.
    Moved(Point),
    /// It is let go: a tap, if it is still where it was pressed.
    Released(Point),
    /// It is gone; what was pressed is not tapped.
    Exited,
}

/// Who has been down for so long beside another finger rests, in milliseconds.
const BESIDE_MS: u64 = 2_000;
/// Who has been down for so long alone rests. A long press is a tap, and nobody presses longer.
const ALONE_MS: u64 = 5_000;
/// So near to the edge a finger holds the tablet, in millimetres.
const MARGIN_MM: f32 = 5.0;
/// What comes down within so many milliseconds …
const AT_ONCE_MS: u64 = 300;
/// … and so many millimetres of two others is a palm with them.
const PALM_MM: f32 = 60.0;
/// A palm that shifts touches anew so near to where it lies, in millimetres.
const BESIDE_PALM_MM: f32 = 30.0;
/// Fingers that are followed at once: both hands, and a palm. What else comes down is not seen.
const MOST: usize = 16;

/// The fingers on the glass.
#[derive(Debug, Clone)]
pub struct PalmRejection<Id> {
    down: Vec<Finger<Id>>,
    /// For whom the window's pointer is pressed.
    lit: Option<Id>,
}

#[derive(Debug, Clone)]
struct Finger<Id> {
    id: Id,
    began: Point,
    at: Point,
    began_ms: u64,
    holds: bool,
    role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Role {
    /// Its lift may be a tap.
    Touch { beside: bool },
    /// It lies there.
    Rest,
    /// It lies there as part of a palm.
    Palm,
}

impl<Id> Default for PalmRejection<Id> {
    fn default() -> Self {
        Self {
            down: Vec::new(),
            lit: None,
        }
    }
}

impl<Id> Finger<Id> {
    fn touches(&self) -> bool {
        matches!(self.role, Role::Touch { .. })
    }

    /// When it will rest, if it is still down then.
    fn rests_ms(&self) -> Option<u64> {
        match self.role {
            Role::Touch { beside: true } => Some(self.began_ms + BESIDE_MS),
            Role::Touch { beside: false } => Some(self.began_ms + ALONE_MS),
            Role::Rest | Role::Palm => None,
        }
    }
}

impl<Id: Copy + PartialEq> PalmRejection<Id> {
    /// Whether any finger is on the glass.
    pub fn are_down(&self) -> bool {
        !self.down.is_empty()
    }

    /// A finger comes down.
    pub fn put_down(&mut self, id: Id, at: Point, glass: ScreenArea, now_ms: u64) -> Vec<Pointer> {
        let mut told = self.update(now_ms);
        // A number that comes again belongs to another finger; the lift of the one before was lost.
        told.extend(self.cancelled(id));
        if self.down.len() >= MOST {
            return told;
        }
        let holds = is_at_the_margin(at, glass);
        let joins_palm = self
            .down
            .iter()
            .any(|other| other.role == Role::Palm && distance(other.at, at) < BESIDE_PALM_MM);
        let is_at_once = |other: &Finger<Id>| {
            now_ms.saturating_sub(other.began_ms) <= AT_ONCE_MS
                && distance(other.began, at) < PALM_MM
        };
        let is_palm = joins_palm || self.down.iter().filter(|it| is_at_once(it)).count() >= 2;
        let further_in = self.down.iter().any(|it| it.touches() && !it.holds);
        let role = if is_palm {
            if !joins_palm {
                for other in self.down.iter_mut().filter(|it| is_at_once(it)) {
                    other.role = Role::Palm;
                }
            }
            Role::Palm
        } else if holds && further_in {
            Role::Rest
        } else {
            let mut beside = false;
            for other in self.down.iter_mut().filter(|it| it.touches()) {
                if other.holds && !holds || now_ms.saturating_sub(other.began_ms) >= BESIDE_MS {
                    other.role = Role::Rest;
                } else {
                    other.role = Role::Touch { beside: true };
                    beside = true;
                }
            }
            Role::Touch { beside }
        };
        self.down.push(Finger {
            id,
            began: at,
            at,
            began_ms: now_ms,
            holds,
            role,
        });
        if matches!(role, Role::Touch { .. }) {
            told.extend(self.lit.take().map(|_| Pointer::Exited));
            self.lit = Some(id);
            told.push(Pointer::Pressed(at));
        }
        told.extend(self.unlight_who_rests());
        told
    }

    /// A finger slides.
    pub fn moved(&mut self, id: Id, to: Point, now_ms: u64) -> Vec<Pointer> {
        let mut told = self.update(now_ms);
        if let Some(finger) = self.down.iter_mut().find(|it| it.id == id) {
            finger.at = to;
            if self.lit == Some(id) {
                told.push(Pointer::Moved(to));
            }
        }
        told
    }

    /// A finger is lifted.
    pub fn lifted(&mut self, id: Id, at: Point, now_ms: u64) -> Vec<Pointer> {
        let mut told = self.update(now_ms);
        let Some(place) = self.down.iter().position(|it| it.id == id) else {
            return told;
        };
        let finger = self.down.swap_remove(place);
        if !finger.touches() {
            return told;
        }
        match self.lit.take() {
            Some(lit) if lit == id => {}
            lit => {
                told.extend(lit.map(|_| Pointer::Exited));
                told.extend([Pointer::Pressed(finger.began), Pointer::Moved(at)]);
            }
        }
        told.extend([Pointer::Released(at), Pointer::Exited]);
        for other in self.down.iter_mut().filter(|it| it.touches()) {
            other.role = Role::Rest;
        }
        told
    }

    /// The system takes a finger back: it was none, or it belongs to somebody else.
    pub fn cancelled(&mut self, id: Id) -> Vec<Pointer> {
        self.down.retain(|it| it.id != id);
        self.unlight_who_rests().into_iter().collect()
    }

    /// Time went on. To be called at [`PalmRejection::due_ms`].
    pub fn update(&mut self, now_ms: u64) -> Vec<Pointer> {
        for finger in &mut self.down {
            if finger.rests_ms().is_some_and(|at| at <= now_ms) {
                finger.role = Role::Rest;
            }
        }
        self.unlight_who_rests().into_iter().collect()
    }

    /// When a finger that is down will rest.
    pub fn due_ms(&self) -> Option<u64> {
        self.down.iter().filter_map(Finger::rests_ms).min()
    }

    fn unlight_who_rests(&mut self) -> Option<Pointer> {
        let lit = self.lit?;
        let touches = self.down.iter().any(|it| it.id == lit && it.touches());
        if touches {
            return None;
        }
        self.lit = None;
        Some(Pointer::Exited)
    }
}

fn is_at_the_margin(at: Point, glass: ScreenArea) -> bool {
    at.x < MARGIN_MM
        || at.y < MARGIN_MM
        || at.x > glass.width - MARGIN_MM
        || at.y > glass.height - MARGIN_MM
}

fn distance(from: Point, to: Point) -> f32 {
    (from.x - to.x).hypot(from.y - to.y)
}

#[cfg(test)]
mod tests;
