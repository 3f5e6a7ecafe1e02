//! What a resident asks for is written down as it was asked, for the first time or mended.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kairan_contract::{
    Form, PersonalData, ProviderKind, Request, RequestForm, RequestId, RequestStatus,
};
use sqlx::AnyConnection;

use super::{
    counter::{count_up, next_number},
    intake::Intake,
    steps::note,
    stored::{StoredRequest, damaged, stored},
};
use crate::{
    database::DatabaseError,
    requests::{
        details::Details,
        offered::{Offered, council_zone},
        rules::{
            machine::{Actor, Step},
            times::{answer_by, appointment, cancel_until},
        },
    },
};

/// For how many days personal data are kept of what no form says it of.
const KEEP_DAYS: u16 = 30;

impl Intake<'_> {
    /// What is asked for as it is kept: what its form asks for, and no more of the resident than its provider has to know.
    fn details(&self, asked: &RequestForm, shown: Option<&Form>) -> Details {
        Details {
            participation: self.sender.tablet.participation,
            answers: match shown {
                Some(form) => form.counting(&asked.answers),
                None => asked.answers.clone(),
            },
            person: shown.map_or(PersonalData::default(), |it| asked.person.only(&it.needs)),
            words: BTreeMap::new(),
        }
    }

    /// Writes a new request down as it was asked.
    pub(super) async fn put_new(
        &self,
        connection: &mut AnyConnection,
        message: &Request,
        asked: &RequestForm,
        (shown, offered): (Option<&Form>, Option<&Offered>),
    ) -> Result<StoredRequest, DatabaseError> {
        let change = count_up(connection).await?;
        let council = &self.sender.offers.council;
        let provider = offered.map(|it| &it.provider);
        let title = offered.map(|it| &it.definition.form.title);
        let title = title.or(shown.map(|it| &it.title)).cloned();
        let keep_days = offered.map_or(KEEP_DAYS, |it| it.definition.rules.keep_days);
        let sealed = self
            .store
            .seal_details(message.id, &self.details(asked, shown))?;
        let is_town = provider.is_none_or(|it| it.kind == ProviderKind::Government);
        sqlx::query(
            "INSERT INTO requests (id, number, kind, loan, service, form, form_version, title, provider, provider_name,
                 telephone, is_town, made_at, asked_at, status, is_over, since, revision, change, holds, sealed, keep_days)
             VALUES ($1, $2, 'form', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'requested', 0, $13, 1, $14, 0,
                 $15, $16)",
        )
        .bind(message.id.to_string())
        .bind(i64::from(next_number(connection).await?.without_check_digit()))
        .bind(self.loan.to_owned())
        .bind(asked.service.to_string())
        .bind(asked.form.to_string())
        .bind(asked.version.to_string())
        .bind(title.unwrap_or_else(|| asked.form.to_string()))
        .bind(provider.map(|it| it.id.to_string()))
        .bind(provider.map_or(&council.0, |it| &it.name).clone())
        .bind(
            provider
                .map_or(&council.1, |it| &it.telephone)
                .as_ref()
                .map(|it| it.as_str().to_owned()),
        )
        .bind(i64::from(is_town))
        .bind(message.made_at)
        .bind(self.now.as_millisecond())
        .bind(change)
        .bind(sealed)
        .bind(i64::from(keep_days))
        .execute(&mut *connection)
        .await?;
        self.put_times(connection, message.id, asked, (shown, offered))
            .await?;
        let request = stored(connection, message.id).await?.ok_or_else(damaged)?;
        let first = ("ask", Actor::Resident);
        note(connection, &request, RequestStatus::Requested, first, "").await?;
        Ok(request)
    }

    /// Sends a request again that was sent back: under the same number, with what it says now.
    pub(super) async fn send_again(
        &self,
        connection: &mut AnyConnection,
        mut request: StoredRequest,
        asked: &RequestForm,
        (shown, offered): (Option<&Form>, Option<&Offered>),
    ) -> Result<StoredRequest, DatabaseError> {
        let earlier = self
            .store
            .open_details(request.id, request.sealed.as_deref());
        let mut details = self.details(asked, shown);
        details.words = earlier.map(|it| it.words).unwrap_or_default();
        request.sealed = Some(self.store.seal_details(request.id, &details)?);
        let step = (Step::SendAgain, Actor::Resident);
        self.step(connection, &mut request, step, None).await?;
        sqlx::query("UPDATE requests SET form_version = $1 WHERE id = $2")
            .bind(asked.version.to_string())
            .bind(request.id.to_string())
            .execute(&mut *connection)
            .await?;
        self.put_times(connection, request.id, asked, (shown, offered))
            .await?;
        stored(connection, request.id).await?.ok_or_else(damaged)
    }

    /// Writes down what it comes to, when it takes place, and until when somebody answers.
    async fn put_times(
        &self,
        connection: &mut AnyConnection,
        request: RequestId,
        asked: &RequestForm,
        (shown, offered): (Option<&Form>, Option<&Offered>),
    ) -> Result<(), DatabaseError> {
        let Some((shown, offered)) = shown.zip(offered) else {
            return Ok(());
        };
        let answers = shown.counting(&asked.answers);
        let (rules, calendar) = (&offered.definition.rules, offered.calendar());
        let appointment = appointment(shown, &answers, council_zone());
        let begins_at = appointment.map(|it| it.begins_at);
        let by = answer_by(self.now, rules, calendar, appointment);
        let cancel = cancel_until(rules, calendar, appointment);
        sqlx::query(
            "UPDATE requests SET answer_by = $1, due_at = $1, cancel_until = $2, begins_at = $3, ends_at = $4,
                 total = $5 WHERE id = $6",
        )
        .bind(by.as_millisecond())
        .bind(cancel.map(Timestamp::as_millisecond))
        .bind(begins_at.map(Timestamp::as_millisecond))
        .bind(appointment.map(|it| it.ends_at.as_millisecond()))
        .bind(shown.total(&answers).map(|it| i64::from(it.amount())))
        .bind(request.to_string())
        .execute(&mut *connection)
        .await?;
        Ok(())
    }
}
