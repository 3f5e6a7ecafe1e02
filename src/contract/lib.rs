//! What travels between tablet and backend, as plain types.
//!
//! Nothing here reads a disk, a network or a clock. A type that parsed is a type that holds a
//! right value; what a type cannot hold cannot travel.

mod api;
mod calendar;
mod catalogue;
mod content;
mod departures;
mod emergency;
mod form;
mod identity;
mod language;
mod manifest;
mod measurements;
mod places;
mod preview;
mod programme;
mod questionnaire;
mod request_answer;
mod requests;
mod screen_name;
mod usage;
mod warnings;

pub use api::{
    Acknowledgement, Enrolled, EnrolmentCode, EnrolmentRequest, Problem, RecordBatch, Refused,
    TabletStatus, WipeReport, WipeState,
};
pub use calendar::Occurrence;
pub use catalogue::{
    AgeBand, Audience, Category, Colour, Council, CouncilMessage, Icon, Provider, ProviderKind,
    Reading, Service, TelephoneNumber,
};
pub use content::{Article, Block, Content, ContentKind, Picture, Sky, Weather, WeatherDay};
pub use departures::{Departure, Departures};
pub use emergency::{Emergency, EmergencySeen, EmergencyStage};
pub use form::{
    Address, AddressParts, Answer, AnswerType, AnswerValue, DeliveryWindow, Form, FormChoice,
    FormQuestion, Good, GoodAmount, KanaName, LeadsTo, Misfit, MisfitKind, PersonalData,
    PersonalField, RequestForm, Yen,
};
pub use identity::{
    AreaCode, BootId, CategoryId, ChoiceId, EmergencyId, FormId, GoodId, Invalid, ItemHash,
    MessageId, Participation, ProviderId, QuestionId, RequestId, ServiceId, Sha256, TabletId,
    WindowId,
};
pub use language::Language;
pub use manifest::{BlobReference, ContentReference, Freshness, Manifest, ServiceEntry};
pub use measurements::Measurement;
pub use places::{Coordinates, Hazard, Neighbourhood, Place, Position};
pub use preview::{OnScreen, PreviewOrder, Touch};
pub use programme::{Programme, Step};
pub use questionnaire::{Questionnaire, SurveyQuestion};
pub use request_answer::{
    Appointment, Proposal, Reason, RequestAnswer, RequestAnswers, RequestLine, RequestNumber,
    RequestStatus,
};
pub use requests::{Request, RequestBatch, RequestKind, RequestsReceived};
pub use screen_name::ScreenName;
pub use usage::{
    EndCause, Event, LeaveHow, Mood, OpenedFrom, Record, StartCause, TextSize, TouchIgnored,
    VisitHow, WireRecord,
};
pub use warnings::{Warning, WarningLevel, Warnings};

/// The version of the tablets' API that this crate describes; it is part of every address.
pub const API_VERSION: u32 = 1;
