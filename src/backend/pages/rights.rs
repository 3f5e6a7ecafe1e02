//! Who may do what in the console: one table.

use kairan_text::{Message, message};
use std::marker::PhantomData;

/// What somebody is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything but the records themselves.
    Administrator,
    /// Keeps the tiles.
    Operator,
    /// Releases what an operator has written in an emergency, and publishes.
    Releaser,
    /// Lends, locks and takes back tablets, and rings residents.
    Helper,
    /// Keeps the tiles of one provider, and answers its requests.
    Provider,
    /// Answers the requests of one provider, and nothing else: at a shop's counter.
    Counter,
    /// Sees the figures.
    Evaluator,
    /// Sees the figures, and takes the records out.
    RawDataEvaluator,
}

impl Role {
    /// All, with the way they are written.
    pub const ALL: [(&'static str, Self); 8] = [
        ("administrator", Self::Administrator),
        ("operator", Self::Operator),
        ("releaser", Self::Releaser),
        ("helper", Self::Helper),
        ("provider", Self::Provider),
        ("counter", Self::Counter),
        ("evaluator", Self::Evaluator),
        ("raw-data-evaluator", Self::RawDataEvaluator),
    ];

    /// The role that is written so.
    pub fn named(word: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(it, _)| *it == word);
        known.map(|(_, role)| *role)
    }

    /// The way it is written.
    pub fn as_str(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, role)| *role == self);
        known.map_or("", |(word, _)| word)
    }

    /// Its name on a page.
    pub fn words(self) -> Message {
        match self {
            Self::Administrator => message("管理者"),
            Self::Operator => message("タイルの担当"),
            Self::Releaser => message("公開の承認者"),
            Self::Helper => message("窓口の担当"),
            Self::Provider => message("サービスの提供者"),
            Self::Counter => message("提供者の受付"),
            Self::Evaluator => message("評価者"),
            Self::RawDataEvaluator => message("評価者（記録の取り出し）"),
        }
    }

    /// Whether it is for somebody of one provider.
    pub fn is_of_a_provider(self) -> bool {
        matches!(self, Self::Provider | Self::Counter)
    }

    /// Whether it may.
    pub fn may(self, right: Right) -> bool {
        use Role::{Administrator, Evaluator, Helper, Operator, RawDataEvaluator, Releaser};
        match right {
            Right::SeeFigures => matches!(self, Administrator | Evaluator | RawDataEvaluator),
            Right::ReleaseEmergency => matches!(self, Administrator | Releaser),
            Right::EditTiles | Right::Publish | Right::WriteEmergency => {
                matches!(self, Administrator | Operator | Releaser)
            }
            Right::SeeTablets => matches!(self, Administrator | Operator | Releaser | Helper),
            Right::HandleTablets | Right::AnswerRequests => matches!(self, Administrator | Helper),
            Right::AnswerTownRequests => matches!(self, Administrator | Operator | Helper),
            Right::AnswerOwnRequests => self.is_of_a_provider(),
            Right::SeeRequests => {
                self.is_of_a_provider() || matches!(self, Administrator | Operator | Helper)
            }
            Right::SeeAllDue => matches!(self, Administrator | Operator),
            Right::EditOwnTiles => self == Self::Provider,
            Right::ExportRecords => self == RawDataEvaluator,
            Right::ManagePeople | Right::ManageConnections | Right::SeeAudit => {
                self == Administrator
            }
        }
    }

    /// Whether a password alone is too little: for whoever can publish, wipe, let people in, or take
    /// records out.
    pub fn needs_second_factor(self) -> bool {
        !matches!(self, Self::Provider | Self::Counter | Self::Evaluator)
    }
}

/// A right, or several, as a type: a page names it where it says who may see it.
pub trait Allowed {
    /// Whether a role may.
    fn allows(role: Role) -> bool;
}

/// One right or the other. A page that shows less to whom it lets in for the second says so itself.
#[derive(Debug)]
pub struct Either<A, B>(PhantomData<(A, B)>);

impl<A: Allowed, B: Allowed> Allowed for Either<A, B> {
    fn allows(role: Role) -> bool {
        A::allows(role) || B::allows(role)
    }
}

/// Whoever is signed in, whatever they are there for: for what is their own, and for a page that asks further itself.
#[derive(Debug)]
pub struct AnyRole;

impl Allowed for AnyRole {
    fn allows(_: Role) -> bool {
        true
    }
}

/// Each right twice: as a value, and as a type that a page names.
macro_rules! rights {
    ($($(#[doc = $meaning:literal])+ $right:ident,)+) => {
        /// What can be done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Right {
            $($(#[doc = $meaning])+ $right,)+
        }

        $(
            #[doc = concat!("[`Right::", stringify!($right), "`] as a type.")]
            #[derive(Debug)]
            pub struct $right;

            impl Allowed for $right {
                fn allows(role: Role) -> bool {
                    role.may(Right::$right)
                }
            }
        )+
    };
}

rights! {
    /// See the figures of use.
    SeeFigures,
    /// Take the records out, as they are.
    ExportRecords,
    /// See the tiles, and change them in a draft.
    EditTiles,
    /// See the tiles of one provider, and change them in a draft that an operator takes over.
    EditOwnTiles,
    /// Put a draft in force, and bring an earlier revision back.
    Publish,
    /// Write an emergency message or a drill, and tell that it is over.
    WriteEmergency,
    /// Send what another person has written.
    ReleaseEmergency,
    /// See the tablets, and what they were told and have done.
    SeeTablets,
    /// Lend, replace and take back tablets, lock them, and have them forget their loan.
    HandleTablets,
    /// See what residents ask for, as far as one answers it.
    SeeRequests,
    /// See who asks to be rung, and note that somebody has.
    AnswerRequests,
    /// Answer what is asked of the town.
    AnswerTownRequests,
    /// Answer what is asked of one provider.
    AnswerOwnRequests,
    /// See what nobody has answered although its time is near, whoever should, and nothing of who asks.
    SeeAllDue,
    /// See, add and bar people.
    ManagePeople,
    /// Let machines of providers in, and say where they are told that something has happened.
    ManageConnections,
    /// Read the audit log.
    SeeAudit,
}
