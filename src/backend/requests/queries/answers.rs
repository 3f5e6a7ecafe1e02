//! What a tablet is told of what became of its loan's requests.

use std::collections::HashMap;

use jiff::Timestamp;
use kairan_contract::{
    AnswerValue, Form, Language, Participation, RequestAnswer, RequestAnswers, RequestStatus,
    Sha256,
};
use kairan_text::tr;

use super::stored::{Row, StoredKind, StoredRequest};
use crate::{
    database::{Database, DatabaseError, signed, unsigned},
    requests::{offered::council_zone, rules::lines::lines},
};

/// What has changed about one loan.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ChangedLoan {
    /// By its pseudonym: somebody asked to be rung.
    Participation(String),
    /// By the name under which its requests are found.
    Name(String),
}

impl Database {
    /// What has changed for a loan since a revision, by this moment.
    pub async fn answers_since(
        &self,
        loan: Participation,
        since: u64,
        now: Timestamp,
    ) -> Result<RequestAnswers, DatabaseError> {
        self.expire_requests_of(loan, now).await?;
        // Read before the rows: nothing below it is missing among them.
        let known = self.request_revision().await?;
        // A database that was restored has counted less far than the tablet has heard: it is told everything.
        let since = if since > known { 0 } else { since };
        let limit = i64::try_from(RequestAnswers::LIMIT).unwrap_or(i64::MAX);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM requests WHERE (loan = $1 OR participation = $2) AND change > $3
             ORDER BY change LIMIT $4",
        )
        .bind(self.name_of_loan(loan)?)
        .bind(loan.to_string())
        .bind(signed(since))
        .bind(limit + 1)
        .fetch_all(&self.readers)
        .await?;
        let has_more = rows.len() > RequestAnswers::LIMIT;
        let requests = rows.into_iter().take(RequestAnswers::LIMIT);
        let requests: Vec<StoredRequest> = requests
            .map(StoredRequest::try_from)
            .collect::<Result<_, _>>()?;
        let last = requests.last().map_or(0, |it| it.change);
        let mut versions: HashMap<Sha256, Option<Form>> = HashMap::new();
        let mut answers = Vec::with_capacity(requests.len());
        for request in &requests {
            if let StoredKind::Form { version, .. } = &request.kind
                && !versions.contains_key(version)
            {
                versions.insert(*version, self.form_version(*version).await?);
            }
            answers.push(self.answer(request, &versions));
        }
        Ok(RequestAnswers {
            revision: if has_more { last } else { last.max(known) },
            has_more,
            answers,
        })
    }

    /// One request as its tablet is told it.
    fn answer(
        &self,
        request: &StoredRequest,
        versions: &HashMap<Sha256, Option<Form>>,
    ) -> RequestAnswer {
        let details = self.open_details(request.id, request.sealed.as_deref());
        let (service, form, version) = match &request.kind {
            StoredKind::CallBack { .. } => (None, None, None),
            StoredKind::Form {
                service,
                form,
                version,
                ..
            } => (Some(service.clone()), Some(form.clone()), Some(version)),
        };
        let shown = version.and_then(|it| versions.get(it)?.as_ref());
        let answers = details.as_ref().map_or(&[][..], |it| &it.answers);
        let goods = answers.iter().filter_map(|answer| match &answer.value {
            AnswerValue::Goods { goods } => Some(goods.clone()),
            _ => None,
        });
        let awaits_an_answer = matches!(
            request.status,
            RequestStatus::Requested | RequestStatus::WaitingList
        );
        RequestAnswer {
            request: request.id,
            revision: request.revision,
            number: request.number,
            service,
            form,
            title: match request.kind {
                // Tablets speak Japanese and English; what they are told here is what they say of the other requests.
                StoredKind::CallBack { .. } => tr(Language::JAPANESE, "電話のお願い").to_owned(),
                StoredKind::Form { .. } => request.title.clone(),
            },
            provider: request.provider_name.clone(),
            telephone: request.telephone.clone(),
            status: request.status,
            since: request.since,
            asked_at: request.asked_at,
            answer_by: request.answer_by.filter(|_| awaits_an_answer),
            cancel_until: request.cancel_until,
            appointment: request.appointment,
            total: request.total,
            proposal: request.proposal.clone(),
            words: details
                .as_ref()
                .and_then(|it| it.words.get(&request.revision).cloned()),
            reason: request.reason,
            asked_by: None,
            number_is_written_on: shown.is_some_and(|it| it.number_is_written_on),
            lines: shown.map_or_else(Vec::new, |form| {
                lines(form, answers, council_zone(), Language::JAPANESE)
            }),
            goods: goods.flatten().collect(),
        }
    }

    /// The loans of which something has changed since a revision, each with its latest, and the latest of all.
    pub async fn loans_changed_since(
        &self,
        since: u64,
    ) -> Result<(u64, Vec<(ChangedLoan, u64)>), DatabaseError> {
        type Row = (Option<String>, Option<String>, i64);
        let known = self.request_revision().await?;
        if known <= since {
            return Ok((known, Vec::new()));
        }
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT participation, loan, MAX(change) FROM requests WHERE change > $1 GROUP BY participation, loan",
        )
        .bind(signed(since))
        .fetch_all(&self.readers)
        .await?;
        let changed = rows
            .into_iter()
            .filter_map(|(participation, loan, change)| {
                let loan = match (participation, loan) {
                    (Some(participation), _) => ChangedLoan::Participation(participation),
                    (None, Some(name)) => ChangedLoan::Name(name),
                    (None, None) => return None,
                };
                Some((loan, unsigned(change)))
            });
        Ok((known, changed.collect()))
    }
}
