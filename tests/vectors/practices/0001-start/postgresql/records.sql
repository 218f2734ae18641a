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
01a21b26-5e4a-740c-8958-45e02e1a28fd	01a21b26-4c63-79b9-bce7-b5058d086771	\\x469c9aec076d0523ddfbd2330c8ee553fc56798f663e16b29effce5e9533c3f8194c16e3b736d01ee673dc8a71abf5943a325e4133bb8649adce507e	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: account; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.account (id, practice_id, login, display_name, email, role, practitioner_id, language, state, password_hash, password_changed_at, invitation_hash, invitation_ends_at, invitation_resets, second_factor_due_at, totp_sealed, totp_step, oidc_subject, created_at, created_by) FROM stdin;
01a21b26-4d81-76a7-a7c7-cb359772388a	01a21b26-4c63-79b9-bce7-b5058d086771	camille	Dr Camille Exemple	\N	owner	\N	fr	active	$argon2id$v=19$m=65536,t=3,p=1$wQypx1ei0bfyGv2MK4I0eA$ZQP7uFii+V5rbmF9ZBIgpTk9EPm2inSCfsMFL0NW+MY	2026-03-02T08:00:00.000Z	\N	\N	\N	2026-03-09T08:00:00.000Z	\N	\N	\N	2026-03-02T08:00:00.000Z	\N
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

COPY public.document_object (id, practice_id, patient_id, sha256, size_bytes, media_type, sealed_name, sealed_bytes, preview_name, preview_state, stored_at, destroyed_at) FROM stdin;
01a21b26-5e4a-740c-8958-45e02e1a28fd	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-5cd2-7446-a1ef-9948a3901b46	f4e39a71c01d572cf3992b2ac57e246566900d98ff58669ea93d1963c1905e44	22	text/plain; charset=utf-8	19f532d450ffbaacca069dc99b16bc0812b396fb4ba9dde1e77193e9ebfd1f13	78	\N	none	2026-03-02T08:00:00.000Z	\N
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
01a21b26-4c63-79b9-bce7-b5058d086771	address:password:127.0.0.1	0	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: idempotency_key; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.idempotency_key (practice_id, account_id, key, request_hash, status, reply, at) FROM stdin;
\.


--
-- Data for Name: journal_entry; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.journal_entry (practice_id, seq, at, account_id, role, session_id, address, action, patient_id, subject, reason, details, salt, previous_hash, hash) FROM stdin;
01a21b26-4c63-79b9-bce7-b5058d086771	1	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	owner	\N	console	practice.created	\N	practice:01a21b26-4c63-79b9-bce7-b5058d086771	\N	{}	6ce48066e21673ab8c9a611a26f8548d	0000000000000000000000000000000000000000000000000000000000000000	e5b725b5ee8ae2ee62533df59395f5ef8278cae35ec37ebeafb782771ac101ef
01a21b26-4c63-79b9-bce7-b5058d086771	2	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	owner	01a21b26-5cbb-7e2a-9d1a-0a647d4cba22	127.0.0.1	sign-in.done	\N	session:01a21b26-5cbb-7e2a-9d1a-0a647d4cba22	\N	{"factors":"password"}	13eead445394829913105f5b157ca197	e5b725b5ee8ae2ee62533df59395f5ef8278cae35ec37ebeafb782771ac101ef	561243c7ca3d466956c98a280e2e76f93476eec3f8ed064bdee8c4d8fe4cf9e3
01a21b26-4c63-79b9-bce7-b5058d086771	3	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	owner	01a21b26-5cbb-7e2a-9d1a-0a647d4cba22	127.0.0.1	patient.created	01a21b26-5cd2-7446-a1ef-9948a3901b46	identity:01a21b26-5cd2-701a-b78a-2c696f9ae4ff	\N	{"version":1,"hash":"dbd4f5c9cd57fee65ab0e5c6617cfad82af99154b09269fbbf90cd39da9e8d4c"}	1a51e335aff23a106473f5d472aae75b	561243c7ca3d466956c98a280e2e76f93476eec3f8ed064bdee8c4d8fe4cf9e3	dede80c358b9bbf77ded34bb6af49ea6bbff888280fdf1f8081ff3bc6e80b25f
01a21b26-4c63-79b9-bce7-b5058d086771	4	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	owner	01a21b26-5cbb-7e2a-9d1a-0a647d4cba22	127.0.0.1	record.changed	01a21b26-5cd2-7446-a1ef-9948a3901b46	alert:01a21b26-5d51-70ae-bb02-aeac1ba0f1fc	\N	{"version":1,"hash":"06f2fb65b54adc221178628529da0435be517e360db7dd955acd8de0f1c7f7b0"}	4b97639b5e9e4e3e0ba6e50cb863a115	dede80c358b9bbf77ded34bb6af49ea6bbff888280fdf1f8081ff3bc6e80b25f	9875c175f95ac0d54dcb0d775f5d3acb6475bbb13b809e0fc9aab564e2c0a617
01a21b26-4c63-79b9-bce7-b5058d086771	5	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	owner	01a21b26-5cbb-7e2a-9d1a-0a647d4cba22	127.0.0.1	record.corrected	01a21b26-5cd2-7446-a1ef-9948a3901b46	alert:01a21b26-5d51-70ae-bb02-aeac1ba0f1fc	précisée	{"version":2,"hash":"de119ef429653fd642c87a7a88221b9f133bcfdd729d6c1b2533aa535f5f452e"}	46c95d3ad8693c5c08afdea349faf94b	9875c175f95ac0d54dcb0d775f5d3acb6475bbb13b809e0fc9aab564e2c0a617	78de51401911ce86f482411a490bdf9841c4618402fe2c87ffa16bf092c43def
01a21b26-4c63-79b9-bce7-b5058d086771	6	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	owner	01a21b26-5cbb-7e2a-9d1a-0a647d4cba22	127.0.0.1	record.changed	01a21b26-5cd2-7446-a1ef-9948a3901b46	alert:01a21b26-5db5-7b3d-ba4f-761d5b45c83a	\N	{"version":1,"hash":"bc4b1e3f2463f672f7687b9b8700d8c1775fb3f448801853da0826915c075f82"}	5c855bee18b705f45bfe0fc25701fcc0	78de51401911ce86f482411a490bdf9841c4618402fe2c87ffa16bf092c43def	a880a71652067be920625f26b66c4ed6ead373bbfb7dc3d76ce4c4cb000e9fd3
01a21b26-4c63-79b9-bce7-b5058d086771	7	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	owner	01a21b26-5cbb-7e2a-9d1a-0a647d4cba22	127.0.0.1	record.withdrawn	01a21b26-5cd2-7446-a1ef-9948a3901b46	alert:01a21b26-5db5-7b3d-ba4f-761d5b45c83a	autre patient	{"version":2,"hash":"3ea138961905da1047aca757afc7be7338b883695da9a68d55e020a8686a840f"}	e395bd42805e1a82e4c93406b8ce3a52	a880a71652067be920625f26b66c4ed6ead373bbfb7dc3d76ce4c4cb000e9fd3	62e50cfc330e35f48300d15d6d4f56593d5894b546ce68f0e5ae6d9752f6ecae
01a21b26-4c63-79b9-bce7-b5058d086771	8	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	owner	01a21b26-5cbb-7e2a-9d1a-0a647d4cba22	127.0.0.1	document.uploading	01a21b26-5cd2-7446-a1ef-9948a3901b46	upload:01a21b26-5e4a-740c-8958-45e02e1a28fd	\N	{"sizeBytes":22}	9be62726f6a6bb62e623a9b7cc22449f	62e50cfc330e35f48300d15d6d4f56593d5894b546ce68f0e5ae6d9752f6ecae	71a716903d21980fafd4275c67b641e2c98294e95227a24f2e4c63f3d2347d3b
01a21b26-4c63-79b9-bce7-b5058d086771	9	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	owner	01a21b26-5cbb-7e2a-9d1a-0a647d4cba22	127.0.0.1	document.uploading	01a21b26-5cd2-7446-a1ef-9948a3901b46	upload:01a21b26-5e4a-740c-8958-45e02e1a28fd	\N	{"receivedBytes":22}	b70864cc6fbbf5228d4d872d8da05dec	71a716903d21980fafd4275c67b641e2c98294e95227a24f2e4c63f3d2347d3b	44b2ddc239ebce928677d1bea826f61eaa2a97b2af6d8db10b555a0f7a1ef8e4
01a21b26-4c63-79b9-bce7-b5058d086771	10	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	owner	01a21b26-5cbb-7e2a-9d1a-0a647d4cba22	127.0.0.1	document.added	01a21b26-5cd2-7446-a1ef-9948a3901b46	document:01a21b26-5fe2-7710-a1b3-219509ecb0fd	\N	{"version":1,"hash":"14af7ab1e556827500de0471fc9bd5bcae69620c50bd3cfe2f721e338c59b808","object":"object:01a21b26-5e4a-740c-8958-45e02e1a28fd"}	adece7694d35ab617039beb94d780c19	44b2ddc239ebce928677d1bea826f61eaa2a97b2af6d8db10b555a0f7a1ef8e4	8707c879db58f47b28b9c3d560e4c655998c70c59f5ee6a4922d1376ab252703
\.


--
-- Data for Name: journal_head; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.journal_head (practice_id, seq, hash) FROM stdin;
01a21b26-4c63-79b9-bce7-b5058d086771	10	8707c879db58f47b28b9c3d560e4c655998c70c59f5ee6a4922d1376ab252703
\.


--
-- Data for Name: known_device; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.known_device (hash, practice_id, account_id, created_at, last_seen_at) FROM stdin;
aabef4699e8ac58d66f447945852f373219485bd49aa318b9b2e5c24b9ecf926	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-4d81-76a7-a7c7-cb359772388a	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: migration; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.migration (name, run_at) FROM stdin;
0001-start	2026-03-02T08:00:00Z
\.


--
-- Data for Name: name_key; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.name_key (practice_id, key, word) FROM stdin;
01a21b26-4c63-79b9-bce7-b5058d086771	!AN	anne
01a21b26-4c63-79b9-bce7-b5058d086771	!EKS1PL	exemple
01a21b26-4c63-79b9-bce7-b5058d086771	~ane	anne
01a21b26-4c63-79b9-bce7-b5058d086771	~ann	anne
01a21b26-4c63-79b9-bce7-b5058d086771	~anne	anne
01a21b26-4c63-79b9-bce7-b5058d086771	~eemple	exemple
01a21b26-4c63-79b9-bce7-b5058d086771	~exemle	exemple
01a21b26-4c63-79b9-bce7-b5058d086771	~exempe	exemple
01a21b26-4c63-79b9-bce7-b5058d086771	~exempl	exemple
01a21b26-4c63-79b9-bce7-b5058d086771	~exemple	exemple
01a21b26-4c63-79b9-bce7-b5058d086771	~exeple	exemple
01a21b26-4c63-79b9-bce7-b5058d086771	~exmple	exemple
01a21b26-4c63-79b9-bce7-b5058d086771	~nne	anne
01a21b26-4c63-79b9-bce7-b5058d086771	~xemple	exemple
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
01a21b26-5cd2-7446-a1ef-9948a3901b46	01a21b26-4c63-79b9-bce7-b5058d086771	DOSSIER-1	01a21b26-5cd2-701a-b78a-2c696f9ae4ff	Exemple	\N	["Anne"]	\N	female	\N	\N	\N	\N	exemple anne	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: patient_index; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient_index (patient_id, practice_id, line, words) FROM stdin;
01a21b26-5cd2-7446-a1ef-9948a3901b46	01a21b26-4c63-79b9-bce7-b5058d086771	 exemple anne 	["exemple","anne","#dossier1"]
\.


--
-- Data for Name: patient_word; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient_word (practice_id, word, line, patient_id) FROM stdin;
01a21b26-4c63-79b9-bce7-b5058d086771	#dossier1		01a21b26-5cd2-7446-a1ef-9948a3901b46
01a21b26-4c63-79b9-bce7-b5058d086771	anne	 exemple anne 	01a21b26-5cd2-7446-a1ef-9948a3901b46
01a21b26-4c63-79b9-bce7-b5058d086771	exemple	 exemple anne 	01a21b26-5cd2-7446-a1ef-9948a3901b46
\.


--
-- Data for Name: practice; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.practice (id, name, facts, created_at, is_sample) FROM stdin;
01a21b26-4c63-79b9-bce7-b5058d086771	Cabinet d’essai	{}	2026-03-02T08:00:00.000Z	0
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
01a21b26-5cd2-701a-b78a-2c696f9ae4ff	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-5cd2-7446-a1ef-9948a3901b46	identity	1	current	\N	\N	\N	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a21b26-5d51-70ae-bb02-aeac1ba0f1fc	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-5cd2-7446-a1ef-9948a3901b46	alert	2	current	\N	\N	allergy	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a21b26-5db5-7b3d-ba4f-761d5b45c83a	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-5cd2-7446-a1ef-9948a3901b46	alert	2	withdrawn	\N	\N	allergy	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a21b26-5fe2-7710-a1b3-219509ecb0fd	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-5cd2-7446-a1ef-9948a3901b46	document	1	current	2026-02-20	\N	18748-4	documents	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
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
01a21b26-5cd2-701a-b78a-2c696f9ae4ff	1	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-5cd2-7446-a1ef-9948a3901b46	identity	current	{"fileNumber":"DOSSIER-1","birthName":"Exemple","givenNames":["Anne"],"sex":"female","status":"provisional","flags":[],"telephones":[],"emails":[],"addresses":[]}	ce17de36bdb0b82c9fd329357c95f75a	0abcd3e358d8dd0fd501b4dc795e42e677aba1c08c9697db8657f5eda4094ffb	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	dbd4f5c9cd57fee65ab0e5c6617cfad82af99154b09269fbbf90cd39da9e8d4c
01a21b26-5d51-70ae-bb02-aeac1ba0f1fc	1	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-5cd2-7446-a1ef-9948a3901b46	alert	current	{"state":"present","category":"allergy","label":"Pénicilline"}	ba84274f002dce427f82662c3c7709c0	113d9d903ff1e82a68a4b370a726ec4c054d2b97d5414b6546224aba7fd126d9	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	06f2fb65b54adc221178628529da0435be517e360db7dd955acd8de0f1c7f7b0
01a21b26-5d51-70ae-bb02-aeac1ba0f1fc	2	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-5cd2-7446-a1ef-9948a3901b46	alert	current	{"state":"present","category":"allergy","label":"Amoxicilline"}	7bd679b452b946ed3f3808dbe8f395c6	a2622f13f9f1be72805ab4b4b88b40134021e79413425ea6e82ed3254996b4f9	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	précisée	\N	06f2fb65b54adc221178628529da0435be517e360db7dd955acd8de0f1c7f7b0	de119ef429653fd642c87a7a88221b9f133bcfdd729d6c1b2533aa535f5f452e
01a21b26-5db5-7b3d-ba4f-761d5b45c83a	1	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-5cd2-7446-a1ef-9948a3901b46	alert	current	{"state":"present","category":"allergy","label":"Latex"}	f47d1b615a4d1a0dc2dff9b6e0c0db5b	9b99075fc64db75404dbef51a53815c8492ae45c07a79757a0ea3c8a518ba661	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	bc4b1e3f2463f672f7687b9b8700d8c1775fb3f448801853da0826915c075f82
01a21b26-5db5-7b3d-ba4f-761d5b45c83a	2	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-5cd2-7446-a1ef-9948a3901b46	alert	withdrawn	{"state":"present","category":"allergy","label":"Latex"}	2a7ad87bc7d5bab7309f56e4a7748657	b6f77eaba831c82e147553bc48a55e8b0a28f22cef86414a4f58cfd3ea181971	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	autre patient	\N	bc4b1e3f2463f672f7687b9b8700d8c1775fb3f448801853da0826915c075f82	3ea138961905da1047aca757afc7be7338b883695da9a68d55e020a8686a840f
01a21b26-5fe2-7710-a1b3-219509ecb0fd	1	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-5cd2-7446-a1ef-9948a3901b46	document	current	{"title":"Panoramique","type":{"system":"http://loinc.org","code":"18748-4","label":"CR d’imagerie médicale"},"madeOn":"2026-02-20","sensitivity":"normal","personalNote":false,"objectId":"01a21b26-5e4a-740c-8958-45e02e1a28fd","fileName":"lettre.txt","mediaType":"text/plain; charset=utf-8","teeth":[],"aboutIds":[]}	4a63515cd62a79bed9565a2eb524003a	4d2c9e1c550837630f3fd332132ce194d301b32967911d19fec210c8eeb95f72	2026-03-02T08:00:00.000Z	01a21b26-4d81-76a7-a7c7-cb359772388a	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	14af7ab1e556827500de0471fc9bd5bcae69620c50bd3cfe2f721e338c59b808
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
01a21b26-5cbb-7e2a-9d1a-0a647d4cba22	01a21b26-4c63-79b9-bce7-b5058d086771	01a21b26-4d81-76a7-a7c7-cb359772388a	6d035fa3f52a2c11473b2027d8e9c877d46559b4771acfc585bceef4224d6782	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z	\N	\N	2026-03-02T08:00:00.000Z	password	127.0.0.1	node
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


