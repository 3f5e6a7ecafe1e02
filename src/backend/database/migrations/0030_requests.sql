-- Requests as they are answered: what residents ask for, each with every step that became of it.

-- What a tablet says of itself stays apart.
ALTER TABLE requests RENAME TO tablet_reports;
DROP INDEX requests_open;
CREATE INDEX tablet_reports_open ON tablet_reports (settled_at, received_at);

-- One row. Whoever writes about requests begins with counting the revision up, so that they do it one after the other and
-- whoever sees a revision sees every lower one.
CREATE TABLE request_counter (
    revision BIGINT NOT NULL,
    -- How many requests have had a number.
    numbered BIGINT NOT NULL
);

-- Every version of a form that a tablet can have been shown, by the hash of its blob.
CREATE TABLE form_versions (
    sha256       TEXT   PRIMARY KEY,
    -- What tablets fetch, as it is.
    content      TEXT   NOT NULL,
    delivered_at BIGINT NOT NULL
);

CREATE TABLE requests (
    id             TEXT   PRIMARY KEY,
    -- The seven digits before the check digit.
    number         BIGINT NOT NULL UNIQUE,
    -- `call_back` or `form`.
    kind           TEXT   NOT NULL,
    -- The pseudonym of the loan, of a call back alone: no row that holds a name, or held one, has it in the clear.
    participation  TEXT,
    -- A keyed hash of it, of everything else, until its personal data are erased.
    loan           TEXT,
    -- The screen from which a call back was asked.
    screen         TEXT,
    service        TEXT,
    form           TEXT,
    form_version   TEXT,
    -- What residents were told when they asked.
    title          TEXT   NOT NULL,
    provider       TEXT,
    provider_name  TEXT   NOT NULL,
    telephone      TEXT,
    -- Whether the town itself answers.
    is_town        BIGINT NOT NULL,
    -- By the tablet's clock, and by ours.
    made_at        BIGINT NOT NULL,
    asked_at       BIGINT NOT NULL,
    status         TEXT   NOT NULL,
    is_over        BIGINT NOT NULL,
    -- Since when it stands so; its own revision, and the counter's with its last step.
    since          BIGINT NOT NULL,
    revision       BIGINT NOT NULL,
    change         BIGINT NOT NULL,
    answer_by      BIGINT,
    -- When the clock alone ends how it stands.
    due_at         BIGINT,
    cancel_until   BIGINT,
    begins_at      BIGINT,
    ends_at        BIGINT,
    total          BIGINT,
    -- What is proposed instead.
    new_begins_at  BIGINT,
    new_ends_at    BIGINT,
    new_total      BIGINT,
    reason         TEXT,
    -- Whether it keeps goods and a place in a window from others, and which window.
    holds          BIGINT NOT NULL,
    window_id      TEXT,
    -- Answers, personal data and free words, sealed.
    sealed         TEXT,
    keep_days      BIGINT NOT NULL,
    erase_at       BIGINT
);
CREATE INDEX requests_by_change ON requests (change);
CREATE INDEX requests_by_loan ON requests (loan, change);
CREATE INDEX requests_by_participation ON requests (participation, change);
CREATE INDEX requests_due ON requests (due_at);
CREATE INDEX requests_erased ON requests (erase_at);
CREATE INDEX requests_open ON requests (is_over, asked_at, id);

-- What became of each, step by step. Rows are only ever added.
CREATE TABLE request_transitions (
    request      TEXT   NOT NULL,
    revision     BIGINT NOT NULL,
    from_status  TEXT   NOT NULL,
    to_status    TEXT   NOT NULL,
    -- `ask` with the first, and then the step.
    step         TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    -- The name of whoever did it at the desk.
    who          TEXT   NOT NULL,
    happened_at  BIGINT NOT NULL,
    reason       TEXT,
    PRIMARY KEY (request, revision)
);

-- What tablets have sent about requests, each once: the same again does nothing.
CREATE TABLE request_messages (
    id          TEXT   PRIMARY KEY,
    request     TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX request_messages_by_request ON request_messages (request);

-- The goods that a request asks for, while it may have to give them back.
CREATE TABLE request_goods (
    request TEXT   NOT NULL,
    good    TEXT   NOT NULL,
    amount  BIGINT NOT NULL,
    PRIMARY KEY (request, good)
);

-- What is left of goods that are counted, since whoever counts them last said how many there are.
CREATE TABLE goods_left (
    form        TEXT   NOT NULL,
    good        TEXT   NOT NULL,
    counted     BIGINT NOT NULL,
    amount_left BIGINT NOT NULL,
    PRIMARY KEY (form, good)
);

-- How many places of a window are taken.
CREATE TABLE window_places (
    form      TEXT   NOT NULL,
    window_id TEXT   NOT NULL,
    taken     BIGINT NOT NULL,
    PRIMARY KEY (form, window_id)
);

-- Who asked to be rung: 7368787 and 1234567 make numbers that are not alike, as the program does.
INSERT INTO requests (id, number, kind, participation, screen, title, provider_name, is_town, made_at, asked_at,
    status, is_over, since, revision, change, holds, keep_days)
SELECT id, ((ROW_NUMBER() OVER (ORDER BY received_at, id) - 1) * 7368787 + 1234567) % 10000000, 'call_back',
    participation, screen, '', '', 1, made_at, received_at,
    CASE WHEN settled_at IS NULL THEN 'requested' ELSE 'done' END,
    CASE WHEN settled_at IS NULL THEN 0 ELSE 1 END,
    COALESCE(settled_at, received_at),
    CASE WHEN settled_at IS NULL THEN 1 ELSE 2 END,
    ROW_NUMBER() OVER (ORDER BY received_at, id), 0, 0
FROM tablet_reports WHERE kind = 'call_back';
INSERT INTO request_transitions (request, revision, from_status, to_status, step, actor, who, happened_at)
SELECT id, 1, '', 'requested', 'ask', 'resident', '', received_at FROM tablet_reports WHERE kind = 'call_back';
INSERT INTO request_transitions (request, revision, from_status, to_status, step, actor, who, happened_at)
SELECT id, 2, 'requested', 'done', 'ring_back', 'helper', '', settled_at FROM tablet_reports
WHERE kind = 'call_back' AND settled_at IS NOT NULL;
INSERT INTO request_counter (revision, numbered)
SELECT COUNT(*), COUNT(*) FROM tablet_reports WHERE kind = 'call_back';
DELETE FROM tablet_reports WHERE kind = 'call_back';
