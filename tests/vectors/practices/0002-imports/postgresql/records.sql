--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: keyring; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA keyring;


--
-- Name: kept_as_written(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.kept_as_written() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ begin raise exception 'kept as written'; end $$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: document_key; Type: TABLE; Schema: keyring; Owner: -
--

CREATE TABLE keyring.document_key (
    object_id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    wrapped_key bytea NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: account; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.account (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    login text NOT NULL COLLATE pg_catalog."C",
    display_name text NOT NULL COLLATE pg_catalog."C",
    email text COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    practitioner_id text COLLATE pg_catalog."C",
    language text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    password_hash text COLLATE pg_catalog."C",
    password_changed_at text COLLATE pg_catalog."C",
    invitation_hash text COLLATE pg_catalog."C",
    invitation_ends_at text COLLATE pg_catalog."C",
    invitation_resets bigint,
    second_factor_due_at text COLLATE pg_catalog."C",
    totp_sealed bytea,
    totp_step bigint,
    oidc_subject text COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C",
    created_by text COLLATE pg_catalog."C"
);


--
-- Name: api_token; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_token (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    label text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C",
    ends_at text NOT NULL COLLATE pg_catalog."C",
    last_used_at text COLLATE pg_catalog."C",
    revoked_at text COLLATE pg_catalog."C"
);


--
-- Name: broken_glass; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.broken_glass (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    at text NOT NULL COLLATE pg_catalog."C",
    ends_at text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: challenge; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.challenge (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    account_id text COLLATE pg_catalog."C",
    address text NOT NULL COLLATE pg_catalog."C",
    data text NOT NULL COLLATE pg_catalog."C",
    failures bigint NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C",
    ends_at text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: document_object; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.document_object (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    sha256 text NOT NULL COLLATE pg_catalog."C",
    sha1 text NOT NULL COLLATE pg_catalog."C",
    size_bytes bigint NOT NULL,
    media_type text NOT NULL COLLATE pg_catalog."C",
    sealed_name text NOT NULL COLLATE pg_catalog."C",
    sealed_bytes bigint NOT NULL,
    preview_name text COLLATE pg_catalog."C",
    preview_state text NOT NULL COLLATE pg_catalog."C",
    stored_at text NOT NULL COLLATE pg_catalog."C",
    destroyed_at text COLLATE pg_catalog."C"
);


--
-- Name: document_upload; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.document_upload (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    size_bytes bigint NOT NULL,
    received_bytes bigint NOT NULL,
    about text NOT NULL COLLATE pg_catalog."C",
    finished text COLLATE pg_catalog."C",
    started_at text NOT NULL COLLATE pg_catalog."C",
    changed_at text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: failed_sign_in; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.failed_sign_in (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    bucket text NOT NULL COLLATE pg_catalog."C",
    failures bigint NOT NULL,
    last_at text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: idempotency_key; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.idempotency_key (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    request_hash text NOT NULL COLLATE pg_catalog."C",
    status bigint NOT NULL,
    reply text NOT NULL COLLATE pg_catalog."C",
    at text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: import_chunk; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_chunk (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    run_id text NOT NULL COLLATE pg_catalog."C",
    table_name text NOT NULL COLLATE pg_catalog."C",
    first_line bigint NOT NULL,
    row_count bigint NOT NULL,
    rows bytea NOT NULL
);


--
-- Name: import_left; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_left (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    run_id text NOT NULL COLLATE pg_catalog."C",
    table_name text NOT NULL COLLATE pg_catalog."C",
    line bigint NOT NULL,
    key text COLLATE pg_catalog."C",
    is_refused bigint NOT NULL,
    findings text NOT NULL COLLATE pg_catalog."C",
    raw text COLLATE pg_catalog."C"
);


--
-- Name: import_row; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_row (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    source_id text NOT NULL COLLATE pg_catalog."C",
    table_name text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    run_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    entry_id text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: import_run; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_run (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    source_id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    is_dry bigint NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    report text NOT NULL COLLATE pg_catalog."C",
    started_at text NOT NULL COLLATE pg_catalog."C",
    ended_at text COLLATE pg_catalog."C"
);


--
-- Name: import_source; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_source (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    profile text NOT NULL COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: journal_entry; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.journal_entry (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    at text NOT NULL COLLATE pg_catalog."C",
    account_id text COLLATE pg_catalog."C",
    role text COLLATE pg_catalog."C",
    session_id text COLLATE pg_catalog."C",
    address text COLLATE pg_catalog."C",
    action text NOT NULL COLLATE pg_catalog."C",
    patient_id text COLLATE pg_catalog."C",
    subject text COLLATE pg_catalog."C",
    reason text COLLATE pg_catalog."C",
    details text NOT NULL COLLATE pg_catalog."C",
    salt text COLLATE pg_catalog."C",
    previous_hash text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: journal_head; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.journal_head (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: journal_shown; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.journal_shown (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL
);


--
-- Name: known_device; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.known_device (
    hash text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C",
    last_seen_at text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: migration; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.migration (
    name text NOT NULL,
    run_at text NOT NULL
);


--
-- Name: name_key; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.name_key (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    word text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: notice; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.notice (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    role text COLLATE pg_catalog."C",
    account_id text COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    about text NOT NULL COLLATE pg_catalog."C",
    at text NOT NULL COLLATE pg_catalog."C",
    seen_at text COLLATE pg_catalog."C",
    seen_by text COLLATE pg_catalog."C"
);


--
-- Name: passkey; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.passkey (
    id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    label text NOT NULL COLLATE pg_catalog."C",
    public_key bytea NOT NULL,
    counter bigint NOT NULL,
    transports text NOT NULL COLLATE pg_catalog."C",
    is_backed_up bigint NOT NULL,
    created_at text NOT NULL COLLATE pg_catalog."C",
    last_used_at text COLLATE pg_catalog."C"
);


--
-- Name: patient; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.patient (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    file_number text NOT NULL COLLATE pg_catalog."C",
    identity_id text NOT NULL COLLATE pg_catalog."C",
    birth_name text NOT NULL COLLATE pg_catalog."C",
    used_name text COLLATE pg_catalog."C",
    given_names text NOT NULL COLLATE pg_catalog."C",
    used_given_name text COLLATE pg_catalog."C",
    sex text NOT NULL COLLATE pg_catalog."C",
    born_on text COLLATE pg_catalog."C",
    died_on text COLLATE pg_catalog."C",
    ins text COLLATE pg_catalog."C",
    telephone text COLLATE pg_catalog."C",
    sort_name text NOT NULL COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C",
    changed_at text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: patient_index; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.patient_index (
    patient_id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    line text NOT NULL COLLATE pg_catalog."C",
    words text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: patient_word; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.patient_word (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    word text NOT NULL COLLATE pg_catalog."C",
    line text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: practice; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.practice (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    facts text NOT NULL COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C",
    is_sample bigint NOT NULL
);


--
-- Name: practice_role; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.practice_role (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    practitioner_id text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    from_on text NOT NULL COLLATE pg_catalog."C",
    to_on text COLLATE pg_catalog."C"
);


--
-- Name: practitioner; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.practitioner (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    family_name text NOT NULL COLLATE pg_catalog."C",
    given_name text NOT NULL COLLATE pg_catalog."C",
    rpps text COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: record_entry; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.record_entry (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    about_on text COLLATE pg_catalog."C",
    practitioner_id text COLLATE pg_catalog."C",
    code text COLLATE pg_catalog."C",
    class text NOT NULL COLLATE pg_catalog."C",
    only_for text COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C",
    changed_at text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: record_limit; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.record_limit (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    accounts text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    set_at text NOT NULL COLLATE pg_catalog."C",
    set_by text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: record_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.record_version (
    entry_id text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    practice_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    body text COLLATE pg_catalog."C",
    body_salt text COLLATE pg_catalog."C",
    body_hash text NOT NULL COLLATE pg_catalog."C",
    recorded_at text NOT NULL COLLATE pg_catalog."C",
    recorded_by text NOT NULL COLLATE pg_catalog."C",
    reason text COLLATE pg_catalog."C",
    source text COLLATE pg_catalog."C",
    previous_hash text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: recovery_code; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.recovery_code (
    account_id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    used_at text COLLATE pg_catalog."C"
);


--
-- Name: session; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.session (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C",
    last_seen_at text NOT NULL COLLATE pg_catalog."C",
    locked_at text COLLATE pg_catalog."C",
    ended_at text COLLATE pg_catalog."C",
    proven_at text COLLATE pg_catalog."C",
    factors text NOT NULL COLLATE pg_catalog."C",
    address text NOT NULL COLLATE pg_catalog."C",
    user_agent text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: setting; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.setting (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C",
    changed_at text NOT NULL COLLATE pg_catalog."C",
    changed_by text NOT NULL COLLATE pg_catalog."C"
);


--
-- Data for Name: document_key; Type: TABLE DATA; Schema: keyring; Owner: -
--

COPY keyring.document_key (object_id, practice_id, wrapped_key, created_at) FROM stdin;
01a21f07-6dce-75a2-81c9-f956bbd9f0bb	01a21f07-6b49-71df-9caa-26075f7b727b	\\xa2af6c339514c33928fac88d2a0261b548c199073cee5e042b31d42704e3e3d2b37e02062d052f13ef2b7fc9a87c424397ceff207ec32bee1eb2bcc3	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: account; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.account (id, practice_id, login, display_name, email, role, practitioner_id, language, state, password_hash, password_changed_at, invitation_hash, invitation_ends_at, invitation_resets, second_factor_due_at, totp_sealed, totp_step, oidc_subject, created_at, created_by) FROM stdin;
01a21f07-6c24-7928-ba12-ecea675d6e89	01a21f07-6b49-71df-9caa-26075f7b727b	camille	Dr Camille Exemple	\N	owner	\N	fr	active	$argon2id$v=19$m=65536,t=3,p=1$WfMsUu7EyXB5Q2P3Xtat/Q$PPsS2fB+qHDGfahrrbrYMoZDUbaqbfWdaxSB9YS/WA8	2026-03-02T08:00:00.000Z	\N	\N	\N	2026-03-09T08:00:00.000Z	\N	\N	\N	2026-03-02T08:00:00.000Z	\N
\.


--
-- Data for Name: api_token; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.api_token (id, practice_id, account_id, label, hash, created_at, ends_at, last_used_at, revoked_at) FROM stdin;
\.


--
-- Data for Name: broken_glass; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.broken_glass (id, practice_id, account_id, patient_id, reason, at, ends_at) FROM stdin;
\.


--
-- Data for Name: challenge; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.challenge (id, practice_id, kind, account_id, address, data, failures, created_at, ends_at) FROM stdin;
\.


--
-- Data for Name: document_object; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.document_object (id, practice_id, patient_id, sha256, sha1, size_bytes, media_type, sealed_name, sealed_bytes, preview_name, preview_state, stored_at, destroyed_at) FROM stdin;
01a21f07-6dce-75a2-81c9-f956bbd9f0bb	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6da0-7b34-bbeb-682fdb330ebc	f4e39a71c01d572cf3992b2ac57e246566900d98ff58669ea93d1963c1905e44	243906765ce5169ffb91efb8158ca3711ac4571a	22	text/plain; charset=utf-8	e0af841e7127d23e957b3b45bb4940590767a3085c45485facf0558dffcb7c5f	78	\N	none	2026-03-02T08:00:00.000Z	\N
\.


--
-- Data for Name: document_upload; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.document_upload (id, practice_id, patient_id, account_id, size_bytes, received_bytes, about, finished, started_at, changed_at) FROM stdin;
\.


--
-- Data for Name: failed_sign_in; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.failed_sign_in (practice_id, bucket, failures, last_at) FROM stdin;
01a21f07-6b49-71df-9caa-26075f7b727b	address:password:127.0.0.1	0	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: idempotency_key; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.idempotency_key (practice_id, account_id, key, request_hash, status, reply, at) FROM stdin;
\.


--
-- Data for Name: import_chunk; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_chunk (practice_id, run_id, table_name, first_line, row_count, rows) FROM stdin;
\.


--
-- Data for Name: import_left; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_left (practice_id, run_id, table_name, line, key, is_refused, findings, raw) FROM stdin;
\.


--
-- Data for Name: import_row; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_row (practice_id, source_id, table_name, key, digest, run_id, patient_id, entry_id) FROM stdin;
\.


--
-- Data for Name: import_run; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_run (id, practice_id, source_id, account_id, is_dry, state, report, started_at, ended_at) FROM stdin;
\.


--
-- Data for Name: import_source; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_source (id, practice_id, name, profile, created_at) FROM stdin;
\.


--
-- Data for Name: journal_entry; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.journal_entry (practice_id, seq, at, account_id, role, session_id, address, action, patient_id, subject, reason, details, salt, previous_hash, hash) FROM stdin;
01a21f07-6b49-71df-9caa-26075f7b727b	1	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	owner	\N	console	practice.created	\N	practice:01a21f07-6b49-71df-9caa-26075f7b727b	\N	{}	5a1f916a1a0c8adbef47e99f09df412a	0000000000000000000000000000000000000000000000000000000000000000	83f3beb5dd51e5f1ef794f152d1283916213a324f39e5d7f41f55785da839496
01a21f07-6b49-71df-9caa-26075f7b727b	2	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	owner	01a21f07-6d9b-7cd2-96e0-6ebe9ea42b17	127.0.0.1	sign-in.done	\N	session:01a21f07-6d9b-7cd2-96e0-6ebe9ea42b17	\N	{"factors":"password"}	a0c5fc0a4a2ff4954ef8f3721c8584ff	83f3beb5dd51e5f1ef794f152d1283916213a324f39e5d7f41f55785da839496	0efa27cc465aa2f2fe6cc1aaf91dd17123d5fa8c3fe83bbfb73a7e5aa723bfe7
01a21f07-6b49-71df-9caa-26075f7b727b	3	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	owner	01a21f07-6d9b-7cd2-96e0-6ebe9ea42b17	127.0.0.1	patient.created	01a21f07-6da0-7b34-bbeb-682fdb330ebc	identity:01a21f07-6da0-74b0-9b48-f4a0b9ef7965	\N	{"version":1,"hash":"c9ebec0642b9fad5fc284ac00319796f999bc360084652e04aa016b506b01988"}	c7791453cd5e93ce985ecc1fec1f94ea	0efa27cc465aa2f2fe6cc1aaf91dd17123d5fa8c3fe83bbfb73a7e5aa723bfe7	56642f0e4a91630fb42d76e44a7dfe68ebab2f54746df2293f97f1fb2fe52493
01a21f07-6b49-71df-9caa-26075f7b727b	4	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	owner	01a21f07-6d9b-7cd2-96e0-6ebe9ea42b17	127.0.0.1	record.changed	01a21f07-6da0-7b34-bbeb-682fdb330ebc	alert:01a21f07-6db1-75d8-81b6-ae163e12f321	\N	{"version":1,"hash":"c10b283db1d39a1adb99e62f0e5d93395a4aefd979bdaa8e15d05bb900c9262e"}	2748902f8e3aea60676f745fb69dd568	56642f0e4a91630fb42d76e44a7dfe68ebab2f54746df2293f97f1fb2fe52493	0e8c596a5b5e167c1d98efc9ed0a46dcb8b916b2bd7890c73b565a95f5feb8fe
01a21f07-6b49-71df-9caa-26075f7b727b	5	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	owner	01a21f07-6d9b-7cd2-96e0-6ebe9ea42b17	127.0.0.1	record.corrected	01a21f07-6da0-7b34-bbeb-682fdb330ebc	alert:01a21f07-6db1-75d8-81b6-ae163e12f321	précisée	{"version":2,"hash":"e31385ac1a75b20b32103122cd706bcffda7ae06a1039fe8da02627037c37adb"}	7b0e37e285cd6da4b2a5c30865c9b0fc	0e8c596a5b5e167c1d98efc9ed0a46dcb8b916b2bd7890c73b565a95f5feb8fe	e3aca12682e32b9f8bbf26f31cbf17fbf3f5fd4d8e923c97d2c6d7a5fc864cac
01a21f07-6b49-71df-9caa-26075f7b727b	6	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	owner	01a21f07-6d9b-7cd2-96e0-6ebe9ea42b17	127.0.0.1	record.changed	01a21f07-6da0-7b34-bbeb-682fdb330ebc	alert:01a21f07-6dc2-7ce9-9046-9ae30b7712ca	\N	{"version":1,"hash":"d7fd088b1a161ddc7be8af13e9483fced376c65959ec267e173bd3ab6ee8f9c9"}	a748edcd760d30ab1f387deafc9cea61	e3aca12682e32b9f8bbf26f31cbf17fbf3f5fd4d8e923c97d2c6d7a5fc864cac	8f2fbcc21d6b8b8ac634047bdc10b334b5bb4514c1823ec992237eb1e4acca68
01a21f07-6b49-71df-9caa-26075f7b727b	7	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	owner	01a21f07-6d9b-7cd2-96e0-6ebe9ea42b17	127.0.0.1	record.withdrawn	01a21f07-6da0-7b34-bbeb-682fdb330ebc	alert:01a21f07-6dc2-7ce9-9046-9ae30b7712ca	autre patient	{"version":2,"hash":"9f71e79b306e722e4c42efc2e3d6009c5d3fee6d705ebc0fb8e610775a59c59d"}	eb7fa628d762387147e2c5e2700397f3	8f2fbcc21d6b8b8ac634047bdc10b334b5bb4514c1823ec992237eb1e4acca68	07604a7d6a1d8d88c2b6d76c17977168cf4f757e5f9dbea8919d189e50cc1de5
01a21f07-6b49-71df-9caa-26075f7b727b	8	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	owner	01a21f07-6d9b-7cd2-96e0-6ebe9ea42b17	127.0.0.1	document.uploading	01a21f07-6da0-7b34-bbeb-682fdb330ebc	upload:01a21f07-6dce-75a2-81c9-f956bbd9f0bb	\N	{"sizeBytes":22}	b2d9856d36b674902f4d0bc7d9ca331a	07604a7d6a1d8d88c2b6d76c17977168cf4f757e5f9dbea8919d189e50cc1de5	a1e5982c919d26992a8ff9c80a4ac11c9b58ef9ee3de23cce97c8176e92070b2
01a21f07-6b49-71df-9caa-26075f7b727b	9	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	owner	01a21f07-6d9b-7cd2-96e0-6ebe9ea42b17	127.0.0.1	document.uploading	01a21f07-6da0-7b34-bbeb-682fdb330ebc	upload:01a21f07-6dce-75a2-81c9-f956bbd9f0bb	\N	{"receivedBytes":22}	d8b3342898810798e8a001a682265f9e	a1e5982c919d26992a8ff9c80a4ac11c9b58ef9ee3de23cce97c8176e92070b2	3c4aebae66e2b3b82c6877eed0847ba20fa022153acd70c6768d821040e8ba46
01a21f07-6b49-71df-9caa-26075f7b727b	10	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	owner	01a21f07-6d9b-7cd2-96e0-6ebe9ea42b17	127.0.0.1	document.added	01a21f07-6da0-7b34-bbeb-682fdb330ebc	document:01a21f07-6dfd-7f23-a5c8-9b2578845315	\N	{"version":1,"hash":"0cba86cb8df462c915fe0c959b9966ff33112684237f1acf2ac74b2234d66bde","object":"object:01a21f07-6dce-75a2-81c9-f956bbd9f0bb"}	d51b1d21de2fba10810a93cd13d1981e	3c4aebae66e2b3b82c6877eed0847ba20fa022153acd70c6768d821040e8ba46	f235d7e35329921ad97422b630afe652f3d7cd09b27eb929a8735d7131957a53
\.


--
-- Data for Name: journal_head; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.journal_head (practice_id, seq, hash) FROM stdin;
01a21f07-6b49-71df-9caa-26075f7b727b	10	f235d7e35329921ad97422b630afe652f3d7cd09b27eb929a8735d7131957a53
\.


--
-- Data for Name: journal_shown; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.journal_shown (practice_id, patient_id, seq) FROM stdin;
\.


--
-- Data for Name: known_device; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.known_device (hash, practice_id, account_id, created_at, last_seen_at) FROM stdin;
d860327d43113006be90cc8484e74c9caf0034f326e55de8a5608a666980924e	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6c24-7928-ba12-ecea675d6e89	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: migration; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.migration (name, run_at) FROM stdin;
0001-start	2026-03-02T08:00:00Z
0002-imports	2026-03-02T08:00:00Z
\.


--
-- Data for Name: name_key; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.name_key (practice_id, key, word) FROM stdin;
01a21f07-6b49-71df-9caa-26075f7b727b	!AN	anne
01a21f07-6b49-71df-9caa-26075f7b727b	!EKS1PL	exemple
01a21f07-6b49-71df-9caa-26075f7b727b	~ane	anne
01a21f07-6b49-71df-9caa-26075f7b727b	~ann	anne
01a21f07-6b49-71df-9caa-26075f7b727b	~anne	anne
01a21f07-6b49-71df-9caa-26075f7b727b	~eemple	exemple
01a21f07-6b49-71df-9caa-26075f7b727b	~exemle	exemple
01a21f07-6b49-71df-9caa-26075f7b727b	~exempe	exemple
01a21f07-6b49-71df-9caa-26075f7b727b	~exempl	exemple
01a21f07-6b49-71df-9caa-26075f7b727b	~exemple	exemple
01a21f07-6b49-71df-9caa-26075f7b727b	~exeple	exemple
01a21f07-6b49-71df-9caa-26075f7b727b	~exmple	exemple
01a21f07-6b49-71df-9caa-26075f7b727b	~nne	anne
01a21f07-6b49-71df-9caa-26075f7b727b	~xemple	exemple
\.


--
-- Data for Name: notice; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.notice (id, practice_id, role, account_id, kind, about, at, seen_at, seen_by) FROM stdin;
\.


--
-- Data for Name: passkey; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.passkey (id, account_id, practice_id, label, public_key, counter, transports, is_backed_up, created_at, last_used_at) FROM stdin;
\.


--
-- Data for Name: patient; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient (id, practice_id, file_number, identity_id, birth_name, used_name, given_names, used_given_name, sex, born_on, died_on, ins, telephone, sort_name, created_at, changed_at) FROM stdin;
01a21f07-6da0-7b34-bbeb-682fdb330ebc	01a21f07-6b49-71df-9caa-26075f7b727b	DOSSIER-1	01a21f07-6da0-74b0-9b48-f4a0b9ef7965	Exemple	\N	["Anne"]	\N	female	\N	\N	\N	\N	exemple anne	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: patient_index; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient_index (patient_id, practice_id, line, words) FROM stdin;
01a21f07-6da0-7b34-bbeb-682fdb330ebc	01a21f07-6b49-71df-9caa-26075f7b727b	 exemple anne 	["exemple","anne","#dossier1"]
\.


--
-- Data for Name: patient_word; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient_word (practice_id, word, line, patient_id) FROM stdin;
01a21f07-6b49-71df-9caa-26075f7b727b	#dossier1		01a21f07-6da0-7b34-bbeb-682fdb330ebc
01a21f07-6b49-71df-9caa-26075f7b727b	anne	 exemple anne 	01a21f07-6da0-7b34-bbeb-682fdb330ebc
01a21f07-6b49-71df-9caa-26075f7b727b	exemple	 exemple anne 	01a21f07-6da0-7b34-bbeb-682fdb330ebc
\.


--
-- Data for Name: practice; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.practice (id, name, facts, created_at, is_sample) FROM stdin;
01a21f07-6b49-71df-9caa-26075f7b727b	Cabinet d’essai	{}	2026-03-02T08:00:00.000Z	0
\.


--
-- Data for Name: practice_role; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.practice_role (id, practice_id, practitioner_id, status, from_on, to_on) FROM stdin;
\.


--
-- Data for Name: practitioner; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.practitioner (id, practice_id, family_name, given_name, rpps, created_at) FROM stdin;
\.


--
-- Data for Name: record_entry; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.record_entry (id, practice_id, patient_id, kind, version, state, about_on, practitioner_id, code, class, only_for, created_at, changed_at) FROM stdin;
01a21f07-6da0-74b0-9b48-f4a0b9ef7965	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6da0-7b34-bbeb-682fdb330ebc	identity	1	current	\N	\N	\N	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a21f07-6db1-75d8-81b6-ae163e12f321	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6da0-7b34-bbeb-682fdb330ebc	alert	2	current	\N	\N	allergy	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a21f07-6dc2-7ce9-9046-9ae30b7712ca	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6da0-7b34-bbeb-682fdb330ebc	alert	2	withdrawn	\N	\N	allergy	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a21f07-6dfd-7f23-a5c8-9b2578845315	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6da0-7b34-bbeb-682fdb330ebc	document	1	current	2026-02-20	\N	18748-4	documents	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: record_limit; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.record_limit (practice_id, patient_id, accounts, reason, set_at, set_by) FROM stdin;
\.


--
-- Data for Name: record_version; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.record_version (entry_id, version, practice_id, patient_id, kind, state, body, body_salt, body_hash, recorded_at, recorded_by, reason, source, previous_hash, hash) FROM stdin;
01a21f07-6da0-74b0-9b48-f4a0b9ef7965	1	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6da0-7b34-bbeb-682fdb330ebc	identity	current	{"fileNumber":"DOSSIER-1","birthName":"Exemple","givenNames":["Anne"],"sex":"female","status":"provisional","flags":[],"telephones":[],"emails":[],"addresses":[]}	4ed7839e3d03ef15287e54b89654cff9	87776f7e6620ec17ce10f69e16afbc25247f39d56368ac5c83e308a0f0428495	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	c9ebec0642b9fad5fc284ac00319796f999bc360084652e04aa016b506b01988
01a21f07-6db1-75d8-81b6-ae163e12f321	1	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6da0-7b34-bbeb-682fdb330ebc	alert	current	{"state":"present","category":"allergy","label":"Pénicilline"}	5d89a0e0ebf0abfcc39fa05c4e5d73c2	42076bf63d5c4111413cd452b9b2c2632aa32d3d72bbddfde016f0e3f027b1e0	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	c10b283db1d39a1adb99e62f0e5d93395a4aefd979bdaa8e15d05bb900c9262e
01a21f07-6db1-75d8-81b6-ae163e12f321	2	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6da0-7b34-bbeb-682fdb330ebc	alert	current	{"state":"present","category":"allergy","label":"Amoxicilline"}	0e6cbb12afdd141ca745bc0d094abc0d	3fd63f1084ad2daf3c42c7adc357e7d875f1a9141f0ca3b859012b17a119492d	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	précisée	\N	c10b283db1d39a1adb99e62f0e5d93395a4aefd979bdaa8e15d05bb900c9262e	e31385ac1a75b20b32103122cd706bcffda7ae06a1039fe8da02627037c37adb
01a21f07-6dc2-7ce9-9046-9ae30b7712ca	1	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6da0-7b34-bbeb-682fdb330ebc	alert	current	{"state":"present","category":"allergy","label":"Latex"}	57a6c7700f30815e7e60be0f17e5eb2b	cde7f2c3a24e22e470641acf5e53c3849493c16b4f4fa11c9ae5c4b8a5596bfb	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	d7fd088b1a161ddc7be8af13e9483fced376c65959ec267e173bd3ab6ee8f9c9
01a21f07-6dc2-7ce9-9046-9ae30b7712ca	2	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6da0-7b34-bbeb-682fdb330ebc	alert	withdrawn	{"state":"present","category":"allergy","label":"Latex"}	5b02902d7730e710016e645791fb70fc	64c703433d42bb4f905b67d6b612b2d901fd5c4c1e1ff4f791a2cf9e8cbb57ea	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	autre patient	\N	d7fd088b1a161ddc7be8af13e9483fced376c65959ec267e173bd3ab6ee8f9c9	9f71e79b306e722e4c42efc2e3d6009c5d3fee6d705ebc0fb8e610775a59c59d
01a21f07-6dfd-7f23-a5c8-9b2578845315	1	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6da0-7b34-bbeb-682fdb330ebc	document	current	{"title":"Panoramique","type":{"system":"http://loinc.org","code":"18748-4","label":"CR d’imagerie médicale"},"madeOn":"2026-02-20","sensitivity":"normal","personalNote":false,"objectId":"01a21f07-6dce-75a2-81c9-f956bbd9f0bb","fileName":"lettre.txt","mediaType":"text/plain; charset=utf-8","teeth":[],"aboutIds":[]}	2d7f3a5ca23f1c69ab85d176116955a9	37502920904e0e0478d55fb3ded2570708ce038395d12e6b8a9383566cf032d1	2026-03-02T08:00:00.000Z	01a21f07-6c24-7928-ba12-ecea675d6e89	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	0cba86cb8df462c915fe0c959b9966ff33112684237f1acf2ac74b2234d66bde
\.


--
-- Data for Name: recovery_code; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.recovery_code (account_id, practice_id, hash, used_at) FROM stdin;
\.


--
-- Data for Name: session; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.session (id, practice_id, account_id, hash, created_at, last_seen_at, locked_at, ended_at, proven_at, factors, address, user_agent) FROM stdin;
01a21f07-6d9b-7cd2-96e0-6ebe9ea42b17	01a21f07-6b49-71df-9caa-26075f7b727b	01a21f07-6c24-7928-ba12-ecea675d6e89	e564a92eb517f9b59620b252924644048881e9de608f16c5c6a814b7d5de3639	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z	\N	\N	2026-03-02T08:00:00.000Z	password	127.0.0.1	node
\.


--
-- Data for Name: setting; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.setting (practice_id, name, value, changed_at, changed_by) FROM stdin;
\.


--
-- Name: document_key keyring_document_key_key; Type: CONSTRAINT; Schema: keyring; Owner: -
--

ALTER TABLE ONLY keyring.document_key
    ADD CONSTRAINT keyring_document_key_key PRIMARY KEY (object_id);


--
-- Name: account account_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_key PRIMARY KEY (id);


--
-- Name: account account_unique_1; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_unique_1 UNIQUE (practice_id, login);


--
-- Name: account account_unique_2; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_unique_2 UNIQUE (practice_id, oidc_subject);


--
-- Name: account account_unique_3; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_unique_3 UNIQUE (invitation_hash);


--
-- Name: api_token api_token_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_key PRIMARY KEY (id);


--
-- Name: api_token api_token_unique_1; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_unique_1 UNIQUE (hash);


--
-- Name: broken_glass broken_glass_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.broken_glass
    ADD CONSTRAINT broken_glass_key PRIMARY KEY (id);


--
-- Name: challenge challenge_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.challenge
    ADD CONSTRAINT challenge_key PRIMARY KEY (id);


--
-- Name: document_object document_object_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.document_object
    ADD CONSTRAINT document_object_key PRIMARY KEY (id);


--
-- Name: document_upload document_upload_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.document_upload
    ADD CONSTRAINT document_upload_key PRIMARY KEY (id);


--
-- Name: failed_sign_in failed_sign_in_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.failed_sign_in
    ADD CONSTRAINT failed_sign_in_key PRIMARY KEY (practice_id, bucket);


--
-- Name: idempotency_key idempotency_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_key PRIMARY KEY (account_id, key);


--
-- Name: import_chunk import_chunk_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_chunk
    ADD CONSTRAINT import_chunk_key PRIMARY KEY (run_id, table_name, first_line);


--
-- Name: import_left import_left_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_left
    ADD CONSTRAINT import_left_key PRIMARY KEY (run_id, table_name, line);


--
-- Name: import_row import_row_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_row
    ADD CONSTRAINT import_row_key PRIMARY KEY (source_id, table_name, key);


--
-- Name: import_run import_run_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_run
    ADD CONSTRAINT import_run_key PRIMARY KEY (id);


--
-- Name: import_source import_source_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_source
    ADD CONSTRAINT import_source_key PRIMARY KEY (id);


--
-- Name: import_source import_source_unique_1; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_source
    ADD CONSTRAINT import_source_unique_1 UNIQUE (practice_id, name);


--
-- Name: journal_entry journal_entry_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.journal_entry
    ADD CONSTRAINT journal_entry_key PRIMARY KEY (practice_id, seq);


--
-- Name: journal_head journal_head_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.journal_head
    ADD CONSTRAINT journal_head_key PRIMARY KEY (practice_id);


--
-- Name: journal_shown journal_shown_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.journal_shown
    ADD CONSTRAINT journal_shown_key PRIMARY KEY (practice_id, patient_id, seq);


--
-- Name: known_device known_device_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.known_device
    ADD CONSTRAINT known_device_key PRIMARY KEY (account_id, hash);


--
-- Name: migration migration_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);


--
-- Name: name_key name_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.name_key
    ADD CONSTRAINT name_key_key PRIMARY KEY (practice_id, key, word);


--
-- Name: notice notice_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_key PRIMARY KEY (id);


--
-- Name: passkey passkey_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_key PRIMARY KEY (id);


--
-- Name: patient_index patient_index_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.patient_index
    ADD CONSTRAINT patient_index_key PRIMARY KEY (patient_id);


--
-- Name: patient patient_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.patient
    ADD CONSTRAINT patient_key PRIMARY KEY (id);


--
-- Name: patient patient_unique_1; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.patient
    ADD CONSTRAINT patient_unique_1 UNIQUE (practice_id, file_number);


--
-- Name: patient_word patient_word_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.patient_word
    ADD CONSTRAINT patient_word_key PRIMARY KEY (practice_id, word, line, patient_id);


--
-- Name: practice practice_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.practice
    ADD CONSTRAINT practice_key PRIMARY KEY (id);


--
-- Name: practice_role practice_role_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.practice_role
    ADD CONSTRAINT practice_role_key PRIMARY KEY (id);


--
-- Name: practitioner practitioner_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.practitioner
    ADD CONSTRAINT practitioner_key PRIMARY KEY (id);


--
-- Name: practitioner practitioner_unique_1; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.practitioner
    ADD CONSTRAINT practitioner_unique_1 UNIQUE (practice_id, rpps);


--
-- Name: record_entry record_entry_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_entry
    ADD CONSTRAINT record_entry_key PRIMARY KEY (id);


--
-- Name: record_limit record_limit_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_limit
    ADD CONSTRAINT record_limit_key PRIMARY KEY (patient_id);


--
-- Name: record_version record_version_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.record_version
    ADD CONSTRAINT record_version_key PRIMARY KEY (entry_id, version);


--
-- Name: recovery_code recovery_code_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT recovery_code_key PRIMARY KEY (account_id, hash);


--
-- Name: session session_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_key PRIMARY KEY (id);


--
-- Name: session session_unique_1; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_unique_1 UNIQUE (hash);


--
-- Name: setting setting_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.setting
    ADD CONSTRAINT setting_key PRIMARY KEY (practice_id, name);


--
-- Name: api_token_by_account_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX api_token_by_account_id ON public.api_token USING btree (account_id);


--
-- Name: broken_glass_by_practice_id_account_id_patient_id_ends_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX broken_glass_by_practice_id_account_id_patient_id_ends_at ON public.broken_glass USING btree (practice_id, account_id, patient_id, ends_at);


--
-- Name: challenge_by_practice_id_address_created_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX challenge_by_practice_id_address_created_at ON public.challenge USING btree (practice_id, address, created_at);


--
-- Name: challenge_by_practice_id_ends_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX challenge_by_practice_id_ends_at ON public.challenge USING btree (practice_id, ends_at);


--
-- Name: document_object_by_practice_id_patient_id_sha256; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX document_object_by_practice_id_patient_id_sha256 ON public.document_object USING btree (practice_id, patient_id, sha256);


--
-- Name: document_object_by_preview_state; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX document_object_by_preview_state ON public.document_object USING btree (preview_state);


--
-- Name: document_object_by_sealed_name; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX document_object_by_sealed_name ON public.document_object USING btree (sealed_name);


--
-- Name: document_upload_by_practice_id_changed_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX document_upload_by_practice_id_changed_at ON public.document_upload USING btree (practice_id, changed_at);


--
-- Name: idempotency_key_by_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idempotency_key_by_at ON public.idempotency_key USING btree (at);


--
-- Name: import_run_by_practice_id_started_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX import_run_by_practice_id_started_at ON public.import_run USING btree (practice_id, started_at);


--
-- Name: journal_entry_by_practice_id_account_id_seq; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX journal_entry_by_practice_id_account_id_seq ON public.journal_entry USING btree (practice_id, account_id, seq);


--
-- Name: journal_entry_by_practice_id_action_seq; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX journal_entry_by_practice_id_action_seq ON public.journal_entry USING btree (practice_id, action, seq);


--
-- Name: journal_entry_by_practice_id_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX journal_entry_by_practice_id_at ON public.journal_entry USING btree (practice_id, at);


--
-- Name: journal_entry_by_practice_id_patient_id_seq; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX journal_entry_by_practice_id_patient_id_seq ON public.journal_entry USING btree (practice_id, patient_id, seq);


--
-- Name: journal_shown_by_practice_id_seq; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX journal_shown_by_practice_id_seq ON public.journal_shown USING btree (practice_id, seq);


--
-- Name: notice_by_practice_id_seen_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notice_by_practice_id_seen_at ON public.notice USING btree (practice_id, seen_at);


--
-- Name: passkey_by_account_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX passkey_by_account_id ON public.passkey USING btree (account_id);


--
-- Name: patient_by_practice_id_ins; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX patient_by_practice_id_ins ON public.patient USING btree (practice_id, ins);


--
-- Name: patient_by_practice_id_sort_name_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX patient_by_practice_id_sort_name_id ON public.patient USING btree (practice_id, sort_name, id);


--
-- Name: practice_role_by_practice_id_practitioner_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX practice_role_by_practice_id_practitioner_id ON public.practice_role USING btree (practice_id, practitioner_id);


--
-- Name: record_entry_by_practice_id_kind_about_on_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_entry_by_practice_id_kind_about_on_id ON public.record_entry USING btree (practice_id, kind, about_on, id);


--
-- Name: record_entry_by_practice_id_patient_id_kind_about_on; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_entry_by_practice_id_patient_id_kind_about_on ON public.record_entry USING btree (practice_id, patient_id, kind, about_on);


--
-- Name: record_version_by_practice_id_patient_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_version_by_practice_id_patient_id ON public.record_version USING btree (practice_id, patient_id);


--
-- Name: session_by_account_id_ended_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX session_by_account_id_ended_at ON public.session USING btree (account_id, ended_at);


--
-- Name: journal_entry journal_entry_no_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON public.journal_entry FOR EACH ROW EXECUTE FUNCTION public.kept_as_written();


--
-- Name: journal_entry journal_entry_no_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON public.journal_entry FOR EACH ROW WHEN ((NOT ((new.action = 'trace.emptied'::text) AND (new.practice_id = old.practice_id) AND (new.seq = old.seq) AND (new.at = old.at) AND (new.previous_hash = old.previous_hash) AND (new.hash = old.hash) AND (new.account_id IS NULL) AND (new.role IS NULL) AND (new.session_id IS NULL) AND (new.address IS NULL) AND (new.patient_id IS NULL) AND (new.subject IS NULL) AND (new.reason IS NULL) AND (new.salt IS NULL) AND (new.details = '{}'::text)))) EXECUTE FUNCTION public.kept_as_written();


--
-- Name: record_version record_version_no_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER record_version_no_delete BEFORE DELETE ON public.record_version FOR EACH ROW EXECUTE FUNCTION public.kept_as_written();


--
-- Name: record_version record_version_no_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER record_version_no_update BEFORE UPDATE ON public.record_version FOR EACH ROW WHEN ((NOT ((new.entry_id = old.entry_id) AND (new.version = old.version) AND (new.practice_id = old.practice_id) AND (new.patient_id = old.patient_id) AND (new.kind = old.kind) AND (new.state = old.state) AND (new.recorded_at = old.recorded_at) AND (new.recorded_by = old.recorded_by) AND (COALESCE(new.reason, ''::text) = COALESCE(old.reason, ''::text)) AND (COALESCE(new.source, ''::text) = COALESCE(old.source, ''::text)) AND (new.body_hash = old.body_hash) AND (new.previous_hash = old.previous_hash) AND (new.hash = old.hash) AND (new.body IS NULL) AND (new.body_salt IS NULL)))) EXECUTE FUNCTION public.kept_as_written();


--
-- PostgreSQL database dump complete
--


