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
01a21b58-c248-7eed-8d11-2ed9ae4c9612	01a21b58-bfa3-7138-ab77-e0e73c8026fb	\\x9c1fcbdaed447ea9e85f799cd85194921dd2c4feebe40da692391b785b2639ecf9f403d7679af665177133a2787e4b592b6a8944a06ed370270d74d1	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: account; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.account (id, practice_id, login, display_name, email, role, practitioner_id, language, state, password_hash, password_changed_at, invitation_hash, invitation_ends_at, invitation_resets, second_factor_due_at, totp_sealed, totp_step, oidc_subject, created_at, created_by) FROM stdin;
01a21b58-c01c-7ee3-9fb7-9280df458490	01a21b58-bfa3-7138-ab77-e0e73c8026fb	camille	Dr Camille Exemple	\N	owner	\N	fr	active	$argon2id$v=19$m=65536,t=3,p=1$//a9g63zayR4Ct8NTxV98g$hyZi0uoltfnW3p4/DsNd9BLetXTRJy1BAMjeRmXirrM	2026-03-02T08:00:00.000Z	\N	\N	\N	2026-03-09T08:00:00.000Z	\N	\N	\N	2026-03-02T08:00:00.000Z	\N
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
01a21b58-c248-7eed-8d11-2ed9ae4c9612	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	f4e39a71c01d572cf3992b2ac57e246566900d98ff58669ea93d1963c1905e44	243906765ce5169ffb91efb8158ca3711ac4571a	22	text/plain; charset=utf-8	e50bfe58784daeb4d29ea40c10607e269ec22db70e0410655f0ae5a758b1b4d0	78	\N	none	2026-03-02T08:00:00.000Z	\N
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
01a21b58-bfa3-7138-ab77-e0e73c8026fb	address:password:127.0.0.1	0	2026-03-02T08:00:00.000Z
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
01a21b58-bfa3-7138-ab77-e0e73c8026fb	1	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	owner	\N	console	practice.created	\N	practice:01a21b58-bfa3-7138-ab77-e0e73c8026fb	\N	{}	79077cfb693763f0318c6cc29eaf236a	0000000000000000000000000000000000000000000000000000000000000000	eae8b939efcf07b364dfb31b017e25bf55c40f8976a643515e3e7be00609b9f3
01a21b58-bfa3-7138-ab77-e0e73c8026fb	2	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	owner	01a21b58-c1ee-74dd-ba1a-acc2e16547f6	127.0.0.1	sign-in.done	\N	session:01a21b58-c1ee-74dd-ba1a-acc2e16547f6	\N	{"factors":"password"}	e36e63a4e8394d74696825ae524181af	eae8b939efcf07b364dfb31b017e25bf55c40f8976a643515e3e7be00609b9f3	611bd741f93d45f015f1250342c87cbd54f9eef23a16e99a3a9b041fdf58987b
01a21b58-bfa3-7138-ab77-e0e73c8026fb	3	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	owner	01a21b58-c1ee-74dd-ba1a-acc2e16547f6	127.0.0.1	patient.created	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	identity:01a21b58-c1fc-7c5a-a773-b8fe1e7b26f0	\N	{"version":1,"hash":"fffd1d03926afdd269d01dda12cfe07a6152175237fee319bd841ac50d7bf1fb"}	c6c23cadf3e67ce4e0305f281730d5b8	611bd741f93d45f015f1250342c87cbd54f9eef23a16e99a3a9b041fdf58987b	69ef513309c8fa2c2c938f450745def48e3148360f1e2536a1ba89f88334807c
01a21b58-bfa3-7138-ab77-e0e73c8026fb	4	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	owner	01a21b58-c1ee-74dd-ba1a-acc2e16547f6	127.0.0.1	record.changed	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	alert:01a21b58-c216-7d26-9747-311b3d111348	\N	{"version":1,"hash":"50872258b19ae515faa7d728d3496f04128669ad00f33ab29b26ee96782694f7"}	17585428f14e604d639711ac6d37dee4	69ef513309c8fa2c2c938f450745def48e3148360f1e2536a1ba89f88334807c	85483a0cd66dbda5bb5602f774bafe1e2da4b81e9ec4cdb12a3fbbc39c5f504b
01a21b58-bfa3-7138-ab77-e0e73c8026fb	5	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	owner	01a21b58-c1ee-74dd-ba1a-acc2e16547f6	127.0.0.1	record.corrected	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	alert:01a21b58-c216-7d26-9747-311b3d111348	précisée	{"version":2,"hash":"c0665b58e197124071fb60d70da0fb0ac65a8a5d67a52c0d5504d1e3a8093fda"}	622e34370281e72d7a5127319b27b6f7	85483a0cd66dbda5bb5602f774bafe1e2da4b81e9ec4cdb12a3fbbc39c5f504b	de0ce73b116b8444d79c1e777d8451c9a4337523fce5d920c54520c42b6815a1
01a21b58-bfa3-7138-ab77-e0e73c8026fb	6	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	owner	01a21b58-c1ee-74dd-ba1a-acc2e16547f6	127.0.0.1	record.changed	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	alert:01a21b58-c22f-7f8c-a397-a59d2ffde761	\N	{"version":1,"hash":"9e242eeba9d94c0ae05f15b8f5da0cfccd1ffc7f7b7d43ab03ea779337df0103"}	1131b5ea1c83a017228ea0088e75e6cd	de0ce73b116b8444d79c1e777d8451c9a4337523fce5d920c54520c42b6815a1	bb0cd25e8c06939bd3816b84515d5cc8045f766fbddf64b4cfcb36d6cf8922c2
01a21b58-bfa3-7138-ab77-e0e73c8026fb	7	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	owner	01a21b58-c1ee-74dd-ba1a-acc2e16547f6	127.0.0.1	record.withdrawn	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	alert:01a21b58-c22f-7f8c-a397-a59d2ffde761	autre patient	{"version":2,"hash":"bae0ae54f5a5734cf05caee4f028b2163f85372b14b81a5767ad7532b8cdb127"}	aa5e102c8abf821db5fa7b8b342425a0	bb0cd25e8c06939bd3816b84515d5cc8045f766fbddf64b4cfcb36d6cf8922c2	31ecf72af4f4d48b54f91892468eaa278199ad27681eaef0dffba8d11df0bfb9
01a21b58-bfa3-7138-ab77-e0e73c8026fb	8	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	owner	01a21b58-c1ee-74dd-ba1a-acc2e16547f6	127.0.0.1	document.uploading	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	upload:01a21b58-c248-7eed-8d11-2ed9ae4c9612	\N	{"sizeBytes":22}	ad079f905739281f51b8f562147aba80	31ecf72af4f4d48b54f91892468eaa278199ad27681eaef0dffba8d11df0bfb9	0e494741e2cb3bdfd7cffcfdedca19f2bc04bef79f384ad8354d1374c11798f1
01a21b58-bfa3-7138-ab77-e0e73c8026fb	9	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	owner	01a21b58-c1ee-74dd-ba1a-acc2e16547f6	127.0.0.1	document.uploading	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	upload:01a21b58-c248-7eed-8d11-2ed9ae4c9612	\N	{"receivedBytes":22}	b0862674086f39de57e7e0e8177fab9e	0e494741e2cb3bdfd7cffcfdedca19f2bc04bef79f384ad8354d1374c11798f1	e5d2b72216c92dbdc76e8342be7dad4960cd5d89608a85224feb376640d3e748
01a21b58-bfa3-7138-ab77-e0e73c8026fb	10	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	owner	01a21b58-c1ee-74dd-ba1a-acc2e16547f6	127.0.0.1	document.added	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	document:01a21b58-c29b-7047-a508-c4c18de546d5	\N	{"version":1,"hash":"a5905668b66ac17cb0a6c9cfde4d31fac48d5e5881f0da7766a1cc48d8756ff9","object":"object:01a21b58-c248-7eed-8d11-2ed9ae4c9612"}	aac92c8743ef626d031ec8393a7f05fb	e5d2b72216c92dbdc76e8342be7dad4960cd5d89608a85224feb376640d3e748	7267c57fdd7f8785610d19311419b4d20e3a6d5908a3bdba38056d2c0d40f786
\.


--
-- Data for Name: journal_head; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.journal_head (practice_id, seq, hash) FROM stdin;
01a21b58-bfa3-7138-ab77-e0e73c8026fb	10	7267c57fdd7f8785610d19311419b4d20e3a6d5908a3bdba38056d2c0d40f786
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
b19ee986145d6d8cf0ec51665d876afb44f69b7f17314969d913759c024c2b1b	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c01c-7ee3-9fb7-9280df458490	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
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
01a21b58-bfa3-7138-ab77-e0e73c8026fb	!AN	anne
01a21b58-bfa3-7138-ab77-e0e73c8026fb	!EKS1PL	exemple
01a21b58-bfa3-7138-ab77-e0e73c8026fb	~ane	anne
01a21b58-bfa3-7138-ab77-e0e73c8026fb	~ann	anne
01a21b58-bfa3-7138-ab77-e0e73c8026fb	~anne	anne
01a21b58-bfa3-7138-ab77-e0e73c8026fb	~eemple	exemple
01a21b58-bfa3-7138-ab77-e0e73c8026fb	~exemle	exemple
01a21b58-bfa3-7138-ab77-e0e73c8026fb	~exempe	exemple
01a21b58-bfa3-7138-ab77-e0e73c8026fb	~exempl	exemple
01a21b58-bfa3-7138-ab77-e0e73c8026fb	~exemple	exemple
01a21b58-bfa3-7138-ab77-e0e73c8026fb	~exeple	exemple
01a21b58-bfa3-7138-ab77-e0e73c8026fb	~exmple	exemple
01a21b58-bfa3-7138-ab77-e0e73c8026fb	~nne	anne
01a21b58-bfa3-7138-ab77-e0e73c8026fb	~xemple	exemple
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
01a21b58-c1fc-7999-ac39-0ddd7c4e310b	01a21b58-bfa3-7138-ab77-e0e73c8026fb	DOSSIER-1	01a21b58-c1fc-7c5a-a773-b8fe1e7b26f0	Exemple	\N	["Anne"]	\N	female	\N	\N	\N	\N	exemple anne	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: patient_index; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient_index (patient_id, practice_id, line, words) FROM stdin;
01a21b58-c1fc-7999-ac39-0ddd7c4e310b	01a21b58-bfa3-7138-ab77-e0e73c8026fb	 exemple anne 	["exemple","anne","#dossier1"]
\.


--
-- Data for Name: patient_word; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient_word (practice_id, word, line, patient_id) FROM stdin;
01a21b58-bfa3-7138-ab77-e0e73c8026fb	#dossier1		01a21b58-c1fc-7999-ac39-0ddd7c4e310b
01a21b58-bfa3-7138-ab77-e0e73c8026fb	anne	 exemple anne 	01a21b58-c1fc-7999-ac39-0ddd7c4e310b
01a21b58-bfa3-7138-ab77-e0e73c8026fb	exemple	 exemple anne 	01a21b58-c1fc-7999-ac39-0ddd7c4e310b
\.


--
-- Data for Name: practice; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.practice (id, name, facts, created_at, is_sample) FROM stdin;
01a21b58-bfa3-7138-ab77-e0e73c8026fb	Cabinet d’essai	{}	2026-03-02T08:00:00.000Z	0
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
01a21b58-c1fc-7c5a-a773-b8fe1e7b26f0	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	identity	1	current	\N	\N	\N	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a21b58-c216-7d26-9747-311b3d111348	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	alert	2	current	\N	\N	allergy	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a21b58-c22f-7f8c-a397-a59d2ffde761	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	alert	2	withdrawn	\N	\N	allergy	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a21b58-c29b-7047-a508-c4c18de546d5	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	document	1	current	2026-02-20	\N	18748-4	documents	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
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
01a21b58-c1fc-7c5a-a773-b8fe1e7b26f0	1	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	identity	current	{"fileNumber":"DOSSIER-1","birthName":"Exemple","givenNames":["Anne"],"sex":"female","status":"provisional","flags":[],"telephones":[],"emails":[],"addresses":[]}	c4469053b14511ebf3499310fc5fc7f5	b45fffd4e589c1b5e5824b18030892886da91f5ed017b54b03b089af9e629b16	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	fffd1d03926afdd269d01dda12cfe07a6152175237fee319bd841ac50d7bf1fb
01a21b58-c216-7d26-9747-311b3d111348	1	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	alert	current	{"state":"present","category":"allergy","label":"Pénicilline"}	02a55098ecfc6466bfb7cfd4d7dde637	0fb2304b77d79dc4f53c9760fac6acb9d79444bc8e40712b9689827a3b54ab7e	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	50872258b19ae515faa7d728d3496f04128669ad00f33ab29b26ee96782694f7
01a21b58-c216-7d26-9747-311b3d111348	2	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	alert	current	{"state":"present","category":"allergy","label":"Amoxicilline"}	3325cf9ab836e28aac9bbef1f5364f89	b0fb094506e21e92a1e23a4bb3b0c484cd50504d883337e9e082c18aa7d59154	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	précisée	\N	50872258b19ae515faa7d728d3496f04128669ad00f33ab29b26ee96782694f7	c0665b58e197124071fb60d70da0fb0ac65a8a5d67a52c0d5504d1e3a8093fda
01a21b58-c22f-7f8c-a397-a59d2ffde761	1	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	alert	current	{"state":"present","category":"allergy","label":"Latex"}	c3d6d2b7ec4574f9300ec4037debc1fa	73e9450c8f4dd8eb715a1f9b2bbd62df6998766b405eb3c803c376b75c95f2e8	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	9e242eeba9d94c0ae05f15b8f5da0cfccd1ffc7f7b7d43ab03ea779337df0103
01a21b58-c22f-7f8c-a397-a59d2ffde761	2	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	alert	withdrawn	{"state":"present","category":"allergy","label":"Latex"}	a929b3afe108585bfea79102e3fba86e	ad0b445cdfba34db4674d6d5a7d5b4ef39685d0fcead3f439ee6c9ed5e3fa864	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	autre patient	\N	9e242eeba9d94c0ae05f15b8f5da0cfccd1ffc7f7b7d43ab03ea779337df0103	bae0ae54f5a5734cf05caee4f028b2163f85372b14b81a5767ad7532b8cdb127
01a21b58-c29b-7047-a508-c4c18de546d5	1	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c1fc-7999-ac39-0ddd7c4e310b	document	current	{"title":"Panoramique","type":{"system":"http://loinc.org","code":"18748-4","label":"CR d’imagerie médicale"},"madeOn":"2026-02-20","sensitivity":"normal","personalNote":false,"objectId":"01a21b58-c248-7eed-8d11-2ed9ae4c9612","fileName":"lettre.txt","mediaType":"text/plain; charset=utf-8","teeth":[],"aboutIds":[]}	8001248725ace5d7245f0fe7a1a546a7	2469f90f3473e9eb3cf7dbe8574ee8b8374db8552ef3f95489163e5b6f269676	2026-03-02T08:00:00.000Z	01a21b58-c01c-7ee3-9fb7-9280df458490	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	a5905668b66ac17cb0a6c9cfde4d31fac48d5e5881f0da7766a1cc48d8756ff9
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
01a21b58-c1ee-74dd-ba1a-acc2e16547f6	01a21b58-bfa3-7138-ab77-e0e73c8026fb	01a21b58-c01c-7ee3-9fb7-9280df458490	eae274984f7c545c8866a9a808e58e4e1c098e30ba89c8115226f4adf41358aa	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z	\N	\N	2026-03-02T08:00:00.000Z	password	127.0.0.1	node
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


