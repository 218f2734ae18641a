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
01a21b51-5be4-74ea-9c28-dc8cae8708f9	01a21b51-5893-7a07-8554-7bfb42ce2824	\\x856e78a32dd8cec622ca484e3de7bd6f167ac874935477d2f18d7cc12bb27c83c81bc2243854a31321a8756838bd5041b2c33dad833d9e0dcbaec464	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: account; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.account (id, practice_id, login, display_name, email, role, practitioner_id, language, state, password_hash, password_changed_at, invitation_hash, invitation_ends_at, invitation_resets, second_factor_due_at, totp_sealed, totp_step, oidc_subject, created_at, created_by) FROM stdin;
01a21b51-5915-789c-a92a-74f56136baab	01a21b51-5893-7a07-8554-7bfb42ce2824	camille	Dr Camille Exemple	\N	owner	\N	fr	active	$argon2id$v=19$m=65536,t=3,p=1$ScviczsHsiVshk0fyEdG/Q$FLsFnFfnqVSCyrGZHZMQjDE6WGBrxHkjwe1ady/K9s4	2026-03-02T08:00:00.000Z	\N	\N	\N	2026-03-09T08:00:00.000Z	\N	\N	\N	2026-03-02T08:00:00.000Z	\N
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
01a21b51-5be4-74ea-9c28-dc8cae8708f9	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5b93-7656-8c6a-26ad9729b6bc	f4e39a71c01d572cf3992b2ac57e246566900d98ff58669ea93d1963c1905e44	243906765ce5169ffb91efb8158ca3711ac4571a	22	text/plain; charset=utf-8	e09de141596f067063980abdc3d15aeb436480db91127f187e734da6e1acf062	78	\N	none	2026-03-02T08:00:00.000Z	\N
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
01a21b51-5893-7a07-8554-7bfb42ce2824	address:password:127.0.0.1	0	2026-03-02T08:00:00.000Z
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
01a21b51-5893-7a07-8554-7bfb42ce2824	1	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	owner	\N	console	practice.created	\N	practice:01a21b51-5893-7a07-8554-7bfb42ce2824	\N	{}	8cd650debc3f020b12256d7e753e6735	0000000000000000000000000000000000000000000000000000000000000000	e14723c54e832187aa8afcf73064762c6a594e9fe91b31b0372b15a45429adf1
01a21b51-5893-7a07-8554-7bfb42ce2824	2	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	owner	01a21b51-5b85-7342-81b7-1e7051e35fc7	127.0.0.1	sign-in.done	\N	session:01a21b51-5b85-7342-81b7-1e7051e35fc7	\N	{"factors":"password"}	9b1ce5d8a41630a0e02422e6c0c146e9	e14723c54e832187aa8afcf73064762c6a594e9fe91b31b0372b15a45429adf1	ac6a0938902f5e092b53b1bb23fd1eb5f2d0bec185a24e504fb4247b247af90a
01a21b51-5893-7a07-8554-7bfb42ce2824	3	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	owner	01a21b51-5b85-7342-81b7-1e7051e35fc7	127.0.0.1	patient.created	01a21b51-5b93-7656-8c6a-26ad9729b6bc	identity:01a21b51-5b93-7625-8da6-08da3dff4f47	\N	{"version":1,"hash":"8f8bc21c2f1184fc761d0467520d7b137c7c4c8a51b10211e8f6f3005cd41640"}	f38e0ea706103b969fb9af5531010c38	ac6a0938902f5e092b53b1bb23fd1eb5f2d0bec185a24e504fb4247b247af90a	0c7f6dcb43a19108801c42ba984940e60c269e159ff19bf6be5d37c21859f838
01a21b51-5893-7a07-8554-7bfb42ce2824	4	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	owner	01a21b51-5b85-7342-81b7-1e7051e35fc7	127.0.0.1	record.changed	01a21b51-5b93-7656-8c6a-26ad9729b6bc	alert:01a21b51-5bb2-753d-895a-6e1661cab481	\N	{"version":1,"hash":"7e934f2ccd2c0500cced4a6e45d886c8189be19a5664d81eedde2b8d3930d271"}	7d3dd582f5f03dcef0cc39bb13490b2b	0c7f6dcb43a19108801c42ba984940e60c269e159ff19bf6be5d37c21859f838	c01ff9f612c989ea13672aeef868061f341e792d1eb8cf4d65a4d7b4ba26eadc
01a21b51-5893-7a07-8554-7bfb42ce2824	5	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	owner	01a21b51-5b85-7342-81b7-1e7051e35fc7	127.0.0.1	record.corrected	01a21b51-5b93-7656-8c6a-26ad9729b6bc	alert:01a21b51-5bb2-753d-895a-6e1661cab481	précisée	{"version":2,"hash":"f44b507708f9a79130595afc39d2e6f25978f160e90584cc4868304921526e97"}	83cbe940bea76e7b38902c270a010b06	c01ff9f612c989ea13672aeef868061f341e792d1eb8cf4d65a4d7b4ba26eadc	74491d579ccc3b92aa21125e25033b47ec060a16beb12c7dea21f430ad2df268
01a21b51-5893-7a07-8554-7bfb42ce2824	6	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	owner	01a21b51-5b85-7342-81b7-1e7051e35fc7	127.0.0.1	record.changed	01a21b51-5b93-7656-8c6a-26ad9729b6bc	alert:01a21b51-5bcb-7cc6-8e67-dfd783a98fa1	\N	{"version":1,"hash":"eec6a08c3fbfe58f0baedb84af6968396273896b1134337c68a01fac67a3704e"}	4e4ae56b28b2a87e67f841c847330d4a	74491d579ccc3b92aa21125e25033b47ec060a16beb12c7dea21f430ad2df268	3cf824ad6e681f3727282b4d17b99d8853ce41b3e8de47b0b2696376e7223c18
01a21b51-5893-7a07-8554-7bfb42ce2824	7	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	owner	01a21b51-5b85-7342-81b7-1e7051e35fc7	127.0.0.1	record.withdrawn	01a21b51-5b93-7656-8c6a-26ad9729b6bc	alert:01a21b51-5bcb-7cc6-8e67-dfd783a98fa1	autre patient	{"version":2,"hash":"edd51d00ee3d559995013aa21a5c202681bb5f9cfe18ab01409486548b6a19a7"}	31baa5f05022b02145038ac344ad47e8	3cf824ad6e681f3727282b4d17b99d8853ce41b3e8de47b0b2696376e7223c18	7c683e150b7901b74aecc4a66b3afcc537a8f9ed9b15e5789db52e32dc958687
01a21b51-5893-7a07-8554-7bfb42ce2824	8	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	owner	01a21b51-5b85-7342-81b7-1e7051e35fc7	127.0.0.1	document.uploading	01a21b51-5b93-7656-8c6a-26ad9729b6bc	upload:01a21b51-5be4-74ea-9c28-dc8cae8708f9	\N	{"sizeBytes":22}	443ca24f166973dfe0719fe391a5246d	7c683e150b7901b74aecc4a66b3afcc537a8f9ed9b15e5789db52e32dc958687	0136472909c57ed44980fd46b7944bcec17d8b3d31b7728e8704830791802da5
01a21b51-5893-7a07-8554-7bfb42ce2824	9	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	owner	01a21b51-5b85-7342-81b7-1e7051e35fc7	127.0.0.1	document.uploading	01a21b51-5b93-7656-8c6a-26ad9729b6bc	upload:01a21b51-5be4-74ea-9c28-dc8cae8708f9	\N	{"receivedBytes":22}	3e4ba9ade8e34d0fec636df20acf8c72	0136472909c57ed44980fd46b7944bcec17d8b3d31b7728e8704830791802da5	139aa13a9262af37e8cb4cc4776360c5845288aa24b8e7a97b09b4e48117475b
01a21b51-5893-7a07-8554-7bfb42ce2824	10	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	owner	01a21b51-5b85-7342-81b7-1e7051e35fc7	127.0.0.1	document.added	01a21b51-5b93-7656-8c6a-26ad9729b6bc	document:01a21b51-5c2e-7bb9-a6d1-f406e4596e2d	\N	{"version":1,"hash":"ac4cf2fb7891d8deb538f4969b0d408ba12c59ce1bb6ebfdf8d81c4c1e57c561","object":"object:01a21b51-5be4-74ea-9c28-dc8cae8708f9"}	5c70722b1ac63cbe332c9e4789769cdc	139aa13a9262af37e8cb4cc4776360c5845288aa24b8e7a97b09b4e48117475b	1fa2cebcaecd4272f99a5eaf23b8763c3fb35faf6d55d1c7735cd256b1b68dce
\.


--
-- Data for Name: journal_head; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.journal_head (practice_id, seq, hash) FROM stdin;
01a21b51-5893-7a07-8554-7bfb42ce2824	10	1fa2cebcaecd4272f99a5eaf23b8763c3fb35faf6d55d1c7735cd256b1b68dce
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
f78fadb941a1801727a3610ce6e4029319bd9a26d4f058c02e96c27895fcff7d	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5915-789c-a92a-74f56136baab	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
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
01a21b51-5893-7a07-8554-7bfb42ce2824	!AN	anne
01a21b51-5893-7a07-8554-7bfb42ce2824	!EKS1PL	exemple
01a21b51-5893-7a07-8554-7bfb42ce2824	~ane	anne
01a21b51-5893-7a07-8554-7bfb42ce2824	~ann	anne
01a21b51-5893-7a07-8554-7bfb42ce2824	~anne	anne
01a21b51-5893-7a07-8554-7bfb42ce2824	~eemple	exemple
01a21b51-5893-7a07-8554-7bfb42ce2824	~exemle	exemple
01a21b51-5893-7a07-8554-7bfb42ce2824	~exempe	exemple
01a21b51-5893-7a07-8554-7bfb42ce2824	~exempl	exemple
01a21b51-5893-7a07-8554-7bfb42ce2824	~exemple	exemple
01a21b51-5893-7a07-8554-7bfb42ce2824	~exeple	exemple
01a21b51-5893-7a07-8554-7bfb42ce2824	~exmple	exemple
01a21b51-5893-7a07-8554-7bfb42ce2824	~nne	anne
01a21b51-5893-7a07-8554-7bfb42ce2824	~xemple	exemple
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
01a21b51-5b93-7656-8c6a-26ad9729b6bc	01a21b51-5893-7a07-8554-7bfb42ce2824	DOSSIER-1	01a21b51-5b93-7625-8da6-08da3dff4f47	Exemple	\N	["Anne"]	\N	female	\N	\N	\N	\N	exemple anne	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: patient_index; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient_index (patient_id, practice_id, line, words) FROM stdin;
01a21b51-5b93-7656-8c6a-26ad9729b6bc	01a21b51-5893-7a07-8554-7bfb42ce2824	 exemple anne 	["exemple","anne","#dossier1"]
\.


--
-- Data for Name: patient_word; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient_word (practice_id, word, line, patient_id) FROM stdin;
01a21b51-5893-7a07-8554-7bfb42ce2824	#dossier1		01a21b51-5b93-7656-8c6a-26ad9729b6bc
01a21b51-5893-7a07-8554-7bfb42ce2824	anne	 exemple anne 	01a21b51-5b93-7656-8c6a-26ad9729b6bc
01a21b51-5893-7a07-8554-7bfb42ce2824	exemple	 exemple anne 	01a21b51-5b93-7656-8c6a-26ad9729b6bc
\.


--
-- Data for Name: practice; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.practice (id, name, facts, created_at, is_sample) FROM stdin;
01a21b51-5893-7a07-8554-7bfb42ce2824	Cabinet d’essai	{}	2026-03-02T08:00:00.000Z	0
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
01a21b51-5b93-7625-8da6-08da3dff4f47	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5b93-7656-8c6a-26ad9729b6bc	identity	1	current	\N	\N	\N	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a21b51-5bb2-753d-895a-6e1661cab481	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5b93-7656-8c6a-26ad9729b6bc	alert	2	current	\N	\N	allergy	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a21b51-5bcb-7cc6-8e67-dfd783a98fa1	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5b93-7656-8c6a-26ad9729b6bc	alert	2	withdrawn	\N	\N	allergy	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a21b51-5c2e-7bb9-a6d1-f406e4596e2d	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5b93-7656-8c6a-26ad9729b6bc	document	1	current	2026-02-20	\N	18748-4	documents	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
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
01a21b51-5b93-7625-8da6-08da3dff4f47	1	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5b93-7656-8c6a-26ad9729b6bc	identity	current	{"fileNumber":"DOSSIER-1","birthName":"Exemple","givenNames":["Anne"],"sex":"female","status":"provisional","flags":[],"telephones":[],"emails":[],"addresses":[]}	3c58a1d9599531742466ad9a6c4f62f4	5500a094dd7a74033650c6f4affdf3b7853319d0763b811d9c684933d4c78c0e	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	8f8bc21c2f1184fc761d0467520d7b137c7c4c8a51b10211e8f6f3005cd41640
01a21b51-5bb2-753d-895a-6e1661cab481	1	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5b93-7656-8c6a-26ad9729b6bc	alert	current	{"state":"present","category":"allergy","label":"Pénicilline"}	d693d27cf5c5e3ec3d43af4bf82eb964	adbda3b07f1d096001b45a37c71f850f4841be273fc81cef9e96d981c708a3b3	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	7e934f2ccd2c0500cced4a6e45d886c8189be19a5664d81eedde2b8d3930d271
01a21b51-5bb2-753d-895a-6e1661cab481	2	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5b93-7656-8c6a-26ad9729b6bc	alert	current	{"state":"present","category":"allergy","label":"Amoxicilline"}	84d45af45713a9279a2b78530ed6e10b	bc50a0ff495f00eb8390bc4276a2e2326a45526240a6a74dab88f96465927967	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	précisée	\N	7e934f2ccd2c0500cced4a6e45d886c8189be19a5664d81eedde2b8d3930d271	f44b507708f9a79130595afc39d2e6f25978f160e90584cc4868304921526e97
01a21b51-5bcb-7cc6-8e67-dfd783a98fa1	1	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5b93-7656-8c6a-26ad9729b6bc	alert	current	{"state":"present","category":"allergy","label":"Latex"}	6d8b0693dc189d0dd4d3505a20a939e3	5ada06aa649a3796873e63b351776625dfdfbf71ecb4b4c523ffe1329dc71f82	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	eec6a08c3fbfe58f0baedb84af6968396273896b1134337c68a01fac67a3704e
01a21b51-5bcb-7cc6-8e67-dfd783a98fa1	2	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5b93-7656-8c6a-26ad9729b6bc	alert	withdrawn	{"state":"present","category":"allergy","label":"Latex"}	a5f60b3c02aa0bfddf2b00e830b3f610	7d94a6879dde5bf575a5c3bbd8928a56b9564f63a4636d0bbdf2ca0fa966fe31	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	autre patient	\N	eec6a08c3fbfe58f0baedb84af6968396273896b1134337c68a01fac67a3704e	edd51d00ee3d559995013aa21a5c202681bb5f9cfe18ab01409486548b6a19a7
01a21b51-5c2e-7bb9-a6d1-f406e4596e2d	1	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5b93-7656-8c6a-26ad9729b6bc	document	current	{"title":"Panoramique","type":{"system":"http://loinc.org","code":"18748-4","label":"CR d’imagerie médicale"},"madeOn":"2026-02-20","sensitivity":"normal","personalNote":false,"objectId":"01a21b51-5be4-74ea-9c28-dc8cae8708f9","fileName":"lettre.txt","mediaType":"text/plain; charset=utf-8","teeth":[],"aboutIds":[]}	305b07e24761159d8895f64ddf1de97a	88f3e63ef85f53daf5e2112727f232448fa618f27deb069bc63d6aa5f7aa871f	2026-03-02T08:00:00.000Z	01a21b51-5915-789c-a92a-74f56136baab	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	ac4cf2fb7891d8deb538f4969b0d408ba12c59ce1bb6ebfdf8d81c4c1e57c561
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
01a21b51-5b85-7342-81b7-1e7051e35fc7	01a21b51-5893-7a07-8554-7bfb42ce2824	01a21b51-5915-789c-a92a-74f56136baab	6554afd20c470a0f9fccfe3ae9d609580be75c73f678c5fefc6c9eeeb20b0a5e	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z	\N	\N	2026-03-02T08:00:00.000Z	password	127.0.0.1	node
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


