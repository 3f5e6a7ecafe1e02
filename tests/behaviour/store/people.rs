//! People, their attempts to come in, and the drafts they keep.

use jiff::{SignedDuration, Timestamp};
use kairan_backend::{
    audit::queries::AuditQuestion,
    catalogue::queries::CatalogueDraft,
    database::Database,
    pages::{
        Role,
        queries::{Person, SecondFactor},
    },
    people::queries::Wait,
};
use kairan_contract::ProviderId;
use uuid::Uuid;

pub(super) async fn people_come_in_and_what_they_do_is_written_down(
    store: &Database,
    now: Timestamp,
) {
    let person = Person {
        id: Uuid::new_v4(),
        name: "kato".to_owned(),
        role: Role::Operator,
        provider: None,
        has_second_factor: false,
        is_barred: false,
    };
    assert!(
        store
            .add_person(&person, "hash", "command line", now)
            .await
            .expect("adds")
    );
    assert!(
        !store
            .add_person(&person, "hash", "command line", now)
            .await
            .expect("refuses")
    );
    assert_eq!(
        store.people().await.expect("reads"),
        std::slice::from_ref(&person)
    );
    store
        .begin_session("token", person.id, false, now)
        .await
        .expect("begins");
    store
        .put_new_secret("token", "SECRET")
        .await
        .expect("keeps");
    assert!(store.use_step(person.id, "SECRET", 7).await.expect("uses"));
    assert!(
        !store
            .use_step(person.id, "SECRET", 7)
            .await
            .expect("refuses"),
        "each code once"
    );
    let session = store
        .session("token", now + SignedDuration::from_mins(29))
        .await;
    assert_eq!(
        session.expect("reads").map(|it| it.second_factor),
        Some(SecondFactor::Known("SECRET".to_owned()))
    );
    let late = now + SignedDuration::from_mins(60);
    assert!(
        store.session("token", late).await.expect("reads").is_none(),
        "half an hour idle"
    );
    attempts_in_vain_are_counted(store, now).await;
    store
        .take_password(person.id, "kato", "other", now)
        .await
        .expect("takes");
    assert!(
        store
            .put_password("kato", "third", "hana", now)
            .await
            .expect("renews")
    );
    let shop: ProviderId = "shop".parse().expect("an id");
    for name in ["kato", "kato", "nobody"] {
        let placed = store.put_role(name, Role::Provider, Some(&shop), "hana", now);
        assert_eq!(placed.await.expect("places"), name == "kato");
    }
    store
        .bar_person("kato", true, "hana", now)
        .await
        .expect("bars");
    drafts_are_kept_and_publications_noted(store, &person, now).await;
}

async fn attempts_in_vain_are_counted(store: &Database, now: Timestamp) {
    let subjects = [(
        "account kato".to_owned(),
        (|tried, _| (tried >= 2).then(|| SignedDuration::from_secs(30))) as Wait,
    )];
    for wanted in [None, None, Some(SignedDuration::from_secs(30))] {
        let kept = store.attempt(&subjects, now).await.expect("counts");
        assert_eq!(kept.map(|it| it.wait), wanted);
    }
    store
        .take_back_attempt("account kato")
        .await
        .expect("takes back");
    assert_eq!(store.attempt(&subjects, now).await.expect("counts"), None);
    assert!(
        store
            .put_password("kato", "again", "hana", now)
            .await
            .expect("renews")
    );
    assert_eq!(
        store.attempt(&subjects, now).await.expect("counts"),
        None,
        "forgotten"
    );
}

async fn drafts_are_kept_and_publications_noted(store: &Database, of: &Person, now: Timestamp) {
    let person = of.id;
    let draft = CatalogueDraft {
        base: kairan_contract::Sha256::of(b"before"),
        text: "after".to_owned(),
    };
    for _ in 0..2 {
        store.keep_draft(person, &draft, now).await.expect("keeps");
    }
    assert_eq!(
        store.draft(person).await.expect("reads").as_ref(),
        Some(&draft)
    );
    for (text, is_there) in [("earlier", false), ("after", true), ("after", false)] {
        let back = store.send_back(of, text, "too loud", "kato", now);
        assert_eq!(back.await.expect("gives back"), is_there, "{text}");
    }
    let reason = store.sent_back(person).await.expect("reads");
    assert_eq!(reason.as_deref(), Some("too loud"));
    store.keep_draft(person, &draft, now).await.expect("keeps");
    assert_eq!(store.sent_back(person).await.expect("reads"), None);
    store.drop_draft(person).await.expect("drops");
    let revision = store
        .catalogue_revision("a text", now)
        .await
        .expect("keeps");
    store
        .note_publication(revision, "kato", "why", now)
        .await
        .expect("notes");
    let revisions = store.revisions(None, 5).await.expect("reads");
    assert_eq!(revisions[0].note.as_deref(), Some("why"));
    let earlier = store.revisions(Some(revision), 5).await.expect("reads");
    assert!(earlier.iter().all(|it| it.revision < revision));
    for (text, is_known) in [("a text", true), ("another", false)] {
        let hash = kairan_contract::Sha256::of(text.as_bytes());
        let found = store.text_once_in_force(hash).await.expect("reads");
        assert_eq!(found.as_deref(), is_known.then_some(text));
    }
    let question = AuditQuestion {
        text: "KATO".to_owned(),
        acts: Vec::new(),
        below: None,
        limit: 100,
    };
    let deeds: Vec<String> = store
        .audit(&question)
        .await
        .expect("reads")
        .into_iter()
        .map(|it| it.deed)
        .collect();
    let wanted = [
        "catalogue_published",
        "draft_sent_back",
        "person_barred",
        "role_changed",
        "password_renewed",
        "password_changed",
        "password_renewed",
        "person_added",
    ];
    assert_eq!(deeds, wanted);
    assert_eq!(store.audit_is_broken_at().await.expect("reads"), None);
}
