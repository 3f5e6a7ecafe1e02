//! What is in force: the newest manifest, and for each tile whose new content has not come whole the
//! content that it had. Pure: `has` says what lies here.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;
use kairan_contract::{
    BlobReference, ContentKind, ContentReference, Freshness, Manifest, ServiceEntry, ServiceId,
};
use serde::{Deserialize, Serialize};

use super::ContentSnapshot;

/// The manifest in force, as it lies on the disk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ActiveManifest {
    pub(super) etag: String,
    pub(super) manifest: Manifest,
    /// What tiles had before, while their new content is not whole.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) kept_back: BTreeMap<ServiceId, ContentReference>,
    /// The list of neighbourhoods that was here before, while the new one is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) neighbourhoods: Option<BlobReference>,
}

/// What is not here of one tile, or of the list of neighbourhoods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingContent {
    /// Its blobs, the text first.
    pub blobs: Vec<BlobReference>,
    /// A warning may stand in it: nothing else goes before it.
    pub is_urgent: bool,
}

impl ActiveManifest {
    /// `manifest` follows on `before`. Since `at` a tile that keeps what it had is not what its source says.
    pub(super) fn after(
        before: Option<&Self>,
        manifest: Manifest,
        etag: String,
        at: Timestamp,
        has: impl Fn(&BlobReference) -> bool,
    ) -> Self {
        let kept_back = before.map_or_else(BTreeMap::new, |before| {
            let changed = manifest.services.iter().filter_map(|entry| {
                let new = entry.content.as_ref()?;
                let old = before.entry(&entry.service.id)?;
                let old = before.reference(old, &has)?;
                let is_kept = !is_whole(new, &has) && has(&old.blob) && !is_same(old, new);
                is_kept.then(|| (entry.service.id.clone(), aged(old, at)))
            });
            changed.collect()
        });
        let had = before.and_then(|before| before.neighbourhoods(&has));
        let neighbourhoods = manifest
            .neighbourhoods
            .filter(|new| !has(new))
            .and(had)
            .filter(&has);
        Self {
            etag,
            manifest,
            kept_back,
            neighbourhoods,
        }
    }

    fn entry(&self, id: &ServiceId) -> Option<&ServiceEntry> {
        let mut entries = self.manifest.services.iter();
        entries.find(|entry| entry.service.id == *id)
    }

    /// What a tile shows: its new content whole, or else the old whole; where neither is, what can be read.
    fn reference<'i>(
        &'i self,
        entry: &'i ServiceEntry,
        has: impl Fn(&BlobReference) -> bool,
    ) -> Option<&'i ContentReference> {
        let new = entry.content.as_ref()?;
        let Some(old) = self.kept_back.get(&entry.service.id) else {
            return Some(new);
        };
        let order = [
            is_whole(new, &has).then_some(new),
            is_whole(old, &has).then_some(old),
            has(&new.blob).then_some(new),
            has(&old.blob).then_some(old),
        ];
        order.into_iter().flatten().next().or(Some(new))
    }

    /// The list of neighbourhoods that is shown.
    fn neighbourhoods(&self, has: impl Fn(&BlobReference) -> bool) -> Option<BlobReference> {
        let new = self.manifest.neighbourhoods?;
        let old = self.neighbourhoods.filter(|_| !has(&new));
        Some(old.unwrap_or(new))
    }

    /// The manifest as a resident sees it.
    pub(super) fn shown(&self, has: impl Fn(&BlobReference) -> bool) -> Manifest {
        let mut manifest = self.manifest.clone();
        for entry in &mut manifest.services {
            entry.content = self.reference(entry, &has).cloned();
        }
        manifest.neighbourhoods = self.neighbourhoods(&has);
        manifest
    }

    /// What is not here, in the operator's order.
    pub(super) fn missing(&self, has: impl Fn(&BlobReference) -> bool) -> Vec<MissingContent> {
        let tiles = self.manifest.services.iter();
        let contents = tiles.filter_map(|entry| entry.content.as_ref());
        let mut missing: Vec<_> = contents
            .map(|content| MissingContent {
                blobs: content.blobs().copied().filter(|it| !has(it)).collect(),
                is_urgent: content.kind == ContentKind::Warnings,
            })
            .collect();
        missing.extend(self.manifest.neighbourhoods.map(|it| MissingContent {
            blobs: Some(it).into_iter().filter(|it| !has(it)).collect(),
            is_urgent: false,
        }));
        missing.retain(|it| !it.blobs.is_empty());
        missing
    }

    /// Tiles whose new content is whole need what they had no more; says whether there were any.
    pub(super) fn release(&mut self, has: impl Fn(&BlobReference) -> bool) -> bool {
        let before = (self.kept_back.len(), self.neighbourhoods);
        self.neighbourhoods = self
            .neighbourhoods
            .filter(|_| self.manifest.neighbourhoods.is_some_and(|new| !has(&new)));
        let entries = &self.manifest.services;
        self.kept_back.retain(|id, _| {
            let entry = entries.iter().find(|entry| entry.service.id == *id);
            let new = entry.and_then(|entry| entry.content.as_ref());
            new.is_some_and(|new| !is_whole(new, &has))
        });
        (self.kept_back.len(), self.neighbourhoods) != before
    }

    /// The blobs that are needed here.
    pub(super) fn names(&self) -> HashSet<String> {
        let kept_back = self.kept_back.values().flat_map(ContentReference::blobs);
        let all = self.manifest.blobs().chain(kept_back);
        let all = all.chain(&self.neighbourhoods);
        all.map(|blob| blob.sha256.to_string()).collect()
    }
}

impl ContentSnapshot {
    /// What `manifest` has to say that cannot wait for its blobs, over what was held `before`; nothing
    /// if there is no such news. Tiles show what they had until their content comes.
    pub fn with_urgent_of(
        before: Option<&Self>,
        manifest: &Manifest,
        at: Timestamp,
    ) -> Option<Self> {
        let told = before.map_or((&[][..], false), |before| {
            (&before.manifest.emergencies[..], before.manifest.locked)
        });
        if told == (&manifest.emergencies[..], manifest.locked) {
            return None;
        }
        let mut manifest = manifest.clone();
        let Some(before) = before else {
            return Some(Self {
                manifest,
                contents: std::collections::HashMap::new(),
                neighbourhoods: Arc::default(),
            });
        };
        for entry in &mut manifest.services {
            let old = before.service(&entry.service.id);
            let old = old.and_then(|(old, _)| old.content.as_ref());
            if let (Some(new), Some(old)) = (&entry.content, old)
                && !is_same(old, new)
            {
                entry.content = Some(aged(old, at));
            }
        }
        let is_there = |id: &ServiceId| manifest.services.iter().any(|it| it.service.id == *id);
        let contents = before.contents.iter().filter(|(id, _)| is_there(id));
        let contents = contents.map(|(id, it)| (id.clone(), it.clone())).collect();
        let neighbourhoods = Arc::clone(&before.neighbourhoods);
        Some(Self {
            manifest,
            contents,
            neighbourhoods,
        })
    }
}

fn is_whole(content: &ContentReference, has: impl Fn(&BlobReference) -> bool) -> bool {
    content.blobs().all(has)
}

fn is_same(one: &ContentReference, other: &ContentReference) -> bool {
    one.blobs().eq(other.blobs())
}

/// Content that was what its source says until now.
fn aged(content: &ContentReference, at: Timestamp) -> ContentReference {
    let freshness = match content.freshness {
        Freshness::Current => Freshness::StaleSince { at },
        known @ (Freshness::StaleSince { .. } | Freshness::Sample) => known,
    };
    ContentReference {
        freshness,
        ..content.clone()
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::Sha256;

    use super::*;
    use crate::demonstration;

    const AT: &str = "2026-11-22T06:24:00Z";

    fn at() -> Timestamp {
        AT.parse().expect("a time")
    }

    fn blob(name: &str, bytes: u64) -> BlobReference {
        BlobReference {
            sha256: Sha256::of(name.as_bytes()),
            bytes,
        }
    }

    /// A tile whose content is named, with the weights of its pictures.
    fn tile(id: &str, kind: ContentKind, text: &str, pictures: &[(&str, u64)]) -> ServiceEntry {
        let example = demonstration::snapshot().manifest.services.remove(0);
        let mut service = example.service;
        service.id = id.parse().expect("an id");
        let content = ContentReference {
            kind,
            blob: blob(text, 10),
            pictures: pictures.iter().map(|(it, size)| blob(it, *size)).collect(),
            sounds: Vec::new(),
            freshness: Freshness::Current,
        };
        ServiceEntry {
            service,
            content: Some(content),
            near_name: None,
        }
    }

    fn manifest(services: Vec<ServiceEntry>) -> Manifest {
        Manifest {
            services,
            ..demonstration::snapshot().manifest
        }
    }

    fn only(here: &[&str]) -> impl Fn(&BlobReference) -> bool {
        let here: Vec<Sha256> = here.iter().map(|it| Sha256::of(it.as_bytes())).collect();
        move |blob: &BlobReference| here.contains(&blob.sha256)
    }

    #[test]
    fn what_is_missing_is_named_tile_by_tile_the_text_first_and_what_may_warn_is_marked() {
        let tiles = vec![
            tile("heavy", ContentKind::Feed, "h", &[("h1", 900), ("h2", 800)]),
            tile("page", ContentKind::Page, "p", &[]),
            tile("warnings", ContentKind::Warnings, "w", &[]),
        ];
        let active = ActiveManifest::after(None, manifest(tiles), "1".into(), at(), |_| false);
        for (here, expected) in [
            (&[][..], &[&["h", "h1", "h2"][..], &["p"], &["w"]][..]),
            (&["h", "p"], &[&["h1", "h2"], &["w"]]),
            (&["h", "h1", "h2", "p", "w"], &[]),
        ] {
            let missing = active.missing(only(here));
            let named = |it: &MissingContent| it.blobs.iter().map(|it| it.sha256).collect();
            let named: Vec<Vec<Sha256>> = missing.iter().map(named).collect();
            let hashes =
                |names: &&[&str]| names.iter().map(|it| Sha256::of(it.as_bytes())).collect();
            let expected: Vec<Vec<Sha256>> = expected.iter().map(hashes).collect();
            assert_eq!(named, expected, "{here:?}");
            let urgent = missing.iter().filter(|it| it.is_urgent).count();
            assert_eq!(urgent, usize::from(!here.contains(&"w")), "{here:?}");
        }
    }

    #[test]
    fn a_tile_shows_the_new_whole_or_the_old_whole_and_where_neither_is_what_can_be_read() {
        let feed = |text: &str, picture: &str| {
            manifest(vec![tile("a", ContentKind::Feed, text, &[(picture, 5)])])
        };
        // What was here when the new manifest came, what is here later, and the text that is shown then.
        for (then, later, expected) in [
            (&["old", "o1"][..], &["old", "o1"][..], "old"),
            (&["old", "o1"], &["old", "o1", "new"], "old"),
            (&["old", "o1"], &["old", "o1", "new", "n1"], "new"),
            (&["old"], &["old", "new"], "new"),
            (&["old"], &["old"], "old"),
            (&[], &["new"], "new"),
            (&[], &[], "new"),
        ] {
            let before =
                ActiveManifest::after(None, feed("old", "o1"), "1".into(), at(), only(then));
            let next = feed("new", "n1");
            let mut after =
                ActiveManifest::after(Some(&before), next, "2".into(), at(), only(then));
            let shown = after.shown(only(later));
            let content = shown.services[0].content.as_ref().expect("content");
            let case = format!("{then:?} then {later:?}");
            assert_eq!(
                content.blob.sha256,
                Sha256::of(expected.as_bytes()),
                "{case}"
            );
            let is_old = expected == "old";
            let stale = Freshness::StaleSince { at: at() };
            assert_eq!(content.freshness == stale, is_old, "{case}");
            assert_eq!(
                after.names().contains(&Sha256::of(b"old").to_string()),
                then.contains(&"old")
            );
            after.release(only(later));
            let is_whole = later.contains(&"n1");
            assert_eq!(
                after.kept_back.is_empty(),
                is_whole || then.is_empty(),
                "{case}"
            );
        }
    }

    #[test]
    fn one_that_keeps_what_it_had_keeps_it_over_many_manifests() {
        let feed = |text: &str| manifest(vec![tile("a", ContentKind::Feed, text, &[])]);
        let has = only(&["1"]);
        let mut active = ActiveManifest::after(None, feed("1"), "1".into(), at(), &has);
        let first = at();
        for number in ["2", "3", "4"] {
            let (next, etag) = (feed(number), number.to_owned());
            let later = first + jiff::SignedDuration::from_hours(1);
            let now = if number == "2" { first } else { later };
            active = ActiveManifest::after(Some(&active), next, etag, now, &has);
        }
        let shown = active.shown(&has).services[0]
            .content
            .clone()
            .expect("content");
        assert_eq!(shown.blob, blob("1", 10));
        assert_eq!(shown.freshness, Freshness::StaleSince { at: first });
    }

    #[test]
    fn what_is_urgent_is_told_over_what_was_held_and_nothing_else_is() {
        let before = demonstration::snapshot();
        let mut next = before.manifest.clone();
        next.services[0].content = tile("x", ContentKind::Feed, "new", &[]).content;
        assert!(ContentSnapshot::with_urgent_of(Some(&before), &next, at()).is_none());
        next.locked = true;
        let told =
            ContentSnapshot::with_urgent_of(Some(&before), &next, at()).expect("it is locked");
        assert!(told.manifest.locked);
        assert_eq!(told.contents.len(), before.contents.len());
        let (old, kept) = (&before.manifest.services[0], &told.manifest.services[0]);
        let named = |entry: &ServiceEntry| entry.content.as_ref().map(|it| it.blob);
        assert_eq!(named(old), named(kept), "its content has not come");
        let first = ContentSnapshot::with_urgent_of(None, &next, at()).expect("it is locked");
        assert!(first.contents.is_empty());
    }
}
