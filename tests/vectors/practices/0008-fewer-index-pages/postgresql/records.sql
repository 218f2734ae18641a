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
-- Name: completeness_facts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.completeness_facts (
    patient_id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    stamp text NOT NULL COLLATE pg_catalog."C",
    form text NOT NULL COLLATE pg_catalog."C",
    facts text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: completeness_finding; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.completeness_finding (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    rule text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    severity bigint NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    about_on text NOT NULL COLLATE pg_catalog."C",
    practitioner_id text COLLATE pg_catalog."C",
    missing text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: completeness_record; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.completeness_record (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    stamp text NOT NULL COLLATE pg_catalog."C",
    judged_by text NOT NULL COLLATE pg_catalog."C",
    judged_on text NOT NULL COLLATE pg_catalog."C",
    next_on text COLLATE pg_catalog."C",
    tally text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: completeness_trend; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.completeness_trend (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    on_day text NOT NULL COLLATE pg_catalog."C",
    rule text NOT NULL COLLATE pg_catalog."C",
    met bigint NOT NULL,
    missing bigint NOT NULL,
    waived bigint NOT NULL
);


--
-- Name: completeness_waiver; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.completeness_waiver (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    rule text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    same_as text NOT NULL COLLATE pg_catalog."C",
    reason text COLLATE pg_catalog."C",
    until_on text COLLATE pg_catalog."C",
    at text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C"
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
-- Name: duplicate_pair; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.duplicate_pair (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    one_id text NOT NULL COLLATE pg_catalog."C",
    other_id text NOT NULL COLLATE pg_catalog."C",
    score bigint NOT NULL,
    reasons text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    found_at text NOT NULL COLLATE pg_catalog."C",
    decided_at text COLLATE pg_catalog."C",
    decided_by text COLLATE pg_catalog."C",
    decided_reason text COLLATE pg_catalog."C",
    decided_on text COLLATE pg_catalog."C"
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
-- Name: image_import; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.image_import (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    account_id text NOT NULL COLLATE pg_catalog."C",
    is_dry bigint NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    report text NOT NULL COLLATE pg_catalog."C",
    started_at text NOT NULL COLLATE pg_catalog."C",
    ended_at text COLLATE pg_catalog."C"
);


--
-- Name: image_instance; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.image_instance (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    study_id text NOT NULL COLLATE pg_catalog."C",
    series_id text NOT NULL COLLATE pg_catalog."C",
    sop_uid text NOT NULL COLLATE pg_catalog."C",
    sop_class_uid text NOT NULL COLLATE pg_catalog."C",
    transfer_syntax_uid text NOT NULL COLLATE pg_catalog."C",
    number bigint,
    frames bigint NOT NULL,
    facts text NOT NULL COLLATE pg_catalog."C",
    sha256 text NOT NULL COLLATE pg_catalog."C",
    data_sha256 text NOT NULL COLLATE pg_catalog."C",
    size_bytes bigint NOT NULL,
    sealed_name text NOT NULL COLLATE pg_catalog."C",
    sealed_bytes bigint NOT NULL,
    flag text NOT NULL COLLATE pg_catalog."C",
    received_at text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: image_series; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.image_series (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    study_id text NOT NULL COLLATE pg_catalog."C",
    series_uid text NOT NULL COLLATE pg_catalog."C",
    number bigint,
    modality text NOT NULL COLLATE pg_catalog."C",
    facts text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: image_study; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.image_study (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    study_uid text NOT NULL COLLATE pg_catalog."C",
    identity_digest text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    reason text COLLATE pg_catalog."C",
    patient_id text COLLATE pg_catalog."C",
    entry_id text COLLATE pg_catalog."C",
    named text NOT NULL COLLATE pg_catalog."C",
    facts text NOT NULL COLLATE pg_catalog."C",
    taken_on text COLLATE pg_catalog."C",
    source text NOT NULL COLLATE pg_catalog."C",
    instance_count bigint NOT NULL,
    size_bytes bigint NOT NULL,
    flagged bigint NOT NULL,
    is_stale bigint NOT NULL,
    aside_reason text COLLATE pg_catalog."C",
    received_at text NOT NULL COLLATE pg_catalog."C",
    changed_at text NOT NULL COLLATE pg_catalog."C"
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
-- Name: import_decision; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_decision (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    source_id text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    current_key text COLLATE pg_catalog."C",
    content text NOT NULL COLLATE pg_catalog."C",
    decided_by text NOT NULL COLLATE pg_catalog."C",
    decided_at text NOT NULL COLLATE pg_catalog."C",
    ended_by text COLLATE pg_catalog."C",
    ended_at text COLLATE pg_catalog."C"
);


--
-- Name: import_duplicate; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_duplicate (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    run_id text NOT NULL COLLATE pg_catalog."C",
    line bigint NOT NULL,
    place bigint NOT NULL,
    other_line bigint,
    patient_id text COLLATE pg_catalog."C",
    score bigint NOT NULL,
    reasons text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: import_file; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_file (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    source_id text NOT NULL COLLATE pg_catalog."C",
    path text NOT NULL COLLATE pg_catalog."C",
    size_bytes bigint NOT NULL,
    modified_ms bigint,
    received_bytes bigint NOT NULL,
    begun_at text NOT NULL COLLATE pg_catalog."C",
    changed_at text NOT NULL COLLATE pg_catalog."C"
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
    raw text COLLATE pg_catalog."C",
    digest text
);


--
-- Name: import_person; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_person (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    run_id text NOT NULL COLLATE pg_catalog."C",
    line bigint NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    identity text NOT NULL COLLATE pg_catalog."C",
    is_named bigint NOT NULL
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
    entry_id text NOT NULL COLLATE pg_catalog."C",
    changed_run_id text
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
-- Name: import_setting; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.import_setting (
    source_id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    title text NOT NULL COLLATE pg_catalog."C",
    place text NOT NULL COLLATE pg_catalog."C",
    files_key bytea,
    files_removed_at text COLLATE pg_catalog."C",
    password bytea,
    followed_at text COLLATE pg_catalog."C",
    followed_on text COLLATE pg_catalog."C",
    created_by text NOT NULL COLLATE pg_catalog."C",
    removed_at text COLLATE pg_catalog."C"
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
-- Name: job; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.job (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    about text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    active_key text COLLATE pg_catalog."C",
    done bigint NOT NULL,
    total bigint,
    holder text COLLATE pg_catalog."C",
    lease_ends_at text COLLATE pg_catalog."C",
    attempts bigint NOT NULL,
    is_stopping bigint NOT NULL,
    started_by text COLLATE pg_catalog."C",
    created_at text NOT NULL COLLATE pg_catalog."C",
    started_at text COLLATE pg_catalog."C",
    ended_at text COLLATE pg_catalog."C",
    error text COLLATE pg_catalog."C"
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
-- Name: match_due; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.match_due (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    since text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: match_index; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.match_index (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    keys text NOT NULL COLLATE pg_catalog."C"
);


--
-- Name: match_key; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.match_key (
    practice_id text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C"
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
-- Name: patient_link; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.patient_link (
    id text NOT NULL COLLATE pg_catalog."C",
    practice_id text NOT NULL COLLATE pg_catalog."C",
    patient_id text NOT NULL COLLATE pg_catalog."C",
    kept_id text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    joined_at text NOT NULL COLLATE pg_catalog."C",
    joined_by text NOT NULL COLLATE pg_catalog."C",
    undone_at text COLLATE pg_catalog."C",
    undone_by text COLLATE pg_catalog."C",
    undone_reason text COLLATE pg_catalog."C"
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
01a221cf-2ec2-777d-8fe8-252528378bad	01a221cf-2ba3-7c80-9199-93f7ca86797b	\\x212e5e508bcdc6e3855f8914b94cd94bfab641796202d6cc35499e9840dc1a531b3a817684848fbff21233fc046d147a5d3653e8bf03ebccc124d1fd	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: account; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.account (id, practice_id, login, display_name, email, role, practitioner_id, language, state, password_hash, password_changed_at, invitation_hash, invitation_ends_at, invitation_resets, second_factor_due_at, totp_sealed, totp_step, oidc_subject, created_at, created_by) FROM stdin;
01a221cf-2dda-770a-b58b-03681f58312a	01a221cf-2ba3-7c80-9199-93f7ca86797b	camille	Dr Camille Exemple	\N	owner	\N	fr	active	$argon2id$v=19$m=1024,t=1,p=1$VeSUWaRnOKHuWQs+Sg4oRw$G9iIjojvm3+LeuRu/y4ZKyygMQ4nyLc3jXzha141vZg	2026-03-02T08:00:00.000Z	\N	\N	\N	2026-03-09T08:00:00.000Z	\N	\N	\N	2026-03-02T08:00:00.000Z	\N
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
-- Data for Name: completeness_facts; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.completeness_facts (patient_id, practice_id, stamp, form, facts) FROM stdin;
\.


--
-- Data for Name: completeness_finding; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.completeness_finding (practice_id, patient_id, rule, subject, severity, state, about_on, practitioner_id, missing) FROM stdin;
\.


--
-- Data for Name: completeness_record; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.completeness_record (practice_id, patient_id, stamp, judged_by, judged_on, next_on, tally, digest) FROM stdin;
\.


--
-- Data for Name: completeness_trend; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.completeness_trend (practice_id, on_day, rule, met, missing, waived) FROM stdin;
\.


--
-- Data for Name: completeness_waiver; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.completeness_waiver (practice_id, patient_id, rule, subject, version, state, same_as, reason, until_on, at, account_id) FROM stdin;
\.


--
-- Data for Name: document_object; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.document_object (id, practice_id, patient_id, sha256, sha1, size_bytes, media_type, sealed_name, sealed_bytes, preview_name, preview_state, stored_at, destroyed_at) FROM stdin;
01a221cf-2ec2-777d-8fe8-252528378bad	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2e44-78f2-8b8e-604a7c269a42	f4e39a71c01d572cf3992b2ac57e246566900d98ff58669ea93d1963c1905e44	243906765ce5169ffb91efb8158ca3711ac4571a	22	text/plain; charset=utf-8	197500a40ecd5ea852ae326bc3f459f67aee92a51378bd1a95d371dcec0c198e	78	\N	none	2026-03-02T08:00:00.000Z	\N
\.


--
-- Data for Name: document_upload; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.document_upload (id, practice_id, patient_id, account_id, size_bytes, received_bytes, about, finished, started_at, changed_at) FROM stdin;
\.


--
-- Data for Name: duplicate_pair; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.duplicate_pair (practice_id, one_id, other_id, score, reasons, state, found_at, decided_at, decided_by, decided_reason, decided_on) FROM stdin;
\.


--
-- Data for Name: failed_sign_in; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.failed_sign_in (practice_id, bucket, failures, last_at) FROM stdin;
01a221cf-2ba3-7c80-9199-93f7ca86797b	address:password:127.0.0.1	0	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: idempotency_key; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.idempotency_key (practice_id, account_id, key, request_hash, status, reply, at) FROM stdin;
\.


--
-- Data for Name: image_import; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.image_import (id, practice_id, account_id, is_dry, state, report, started_at, ended_at) FROM stdin;
\.


--
-- Data for Name: image_instance; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.image_instance (id, practice_id, study_id, series_id, sop_uid, sop_class_uid, transfer_syntax_uid, number, frames, facts, sha256, data_sha256, size_bytes, sealed_name, sealed_bytes, flag, received_at) FROM stdin;
\.


--
-- Data for Name: image_series; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.image_series (id, practice_id, study_id, series_uid, number, modality, facts) FROM stdin;
\.


--
-- Data for Name: image_study; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.image_study (id, practice_id, study_uid, identity_digest, state, reason, patient_id, entry_id, named, facts, taken_on, source, instance_count, size_bytes, flagged, is_stale, aside_reason, received_at, changed_at) FROM stdin;
\.


--
-- Data for Name: import_chunk; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_chunk (practice_id, run_id, table_name, first_line, row_count, rows) FROM stdin;
\.


--
-- Data for Name: import_decision; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_decision (id, practice_id, source_id, subject, current_key, content, decided_by, decided_at, ended_by, ended_at) FROM stdin;
\.


--
-- Data for Name: import_duplicate; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_duplicate (practice_id, run_id, line, place, other_line, patient_id, score, reasons) FROM stdin;
\.


--
-- Data for Name: import_file; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_file (id, practice_id, source_id, path, size_bytes, modified_ms, received_bytes, begun_at, changed_at) FROM stdin;
\.


--
-- Data for Name: import_left; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_left (practice_id, run_id, table_name, line, key, is_refused, findings, raw, digest) FROM stdin;
\.


--
-- Data for Name: import_person; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_person (practice_id, run_id, line, key, identity, is_named) FROM stdin;
\.


--
-- Data for Name: import_row; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_row (practice_id, source_id, table_name, key, digest, run_id, patient_id, entry_id, changed_run_id) FROM stdin;
\.


--
-- Data for Name: import_run; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_run (id, practice_id, source_id, account_id, is_dry, state, report, started_at, ended_at) FROM stdin;
\.


--
-- Data for Name: import_setting; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_setting (source_id, practice_id, title, place, files_key, files_removed_at, password, followed_at, followed_on, created_by, removed_at) FROM stdin;
\.


--
-- Data for Name: import_source; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.import_source (id, practice_id, name, profile, created_at) FROM stdin;
\.


--
-- Data for Name: job; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.job (id, practice_id, kind, about, state, active_key, done, total, holder, lease_ends_at, attempts, is_stopping, started_by, created_at, started_at, ended_at, error) FROM stdin;
\.


--
-- Data for Name: journal_entry; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.journal_entry (practice_id, seq, at, account_id, role, session_id, address, action, patient_id, subject, reason, details, salt, previous_hash, hash) FROM stdin;
01a221cf-2ba3-7c80-9199-93f7ca86797b	1	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	owner	\N	console	practice.created	\N	practice:01a221cf-2ba3-7c80-9199-93f7ca86797b	\N	{}	93f36381dcde63844e7a95d61bbf99fd	0000000000000000000000000000000000000000000000000000000000000000	89a00c94f7ab3af41ae4602f4c280f52aff6b92b308eb176e3eba9e050ed30ee
01a221cf-2ba3-7c80-9199-93f7ca86797b	2	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	owner	01a221cf-2e37-7d27-b8a5-0693cd31ed24	127.0.0.1	sign-in.done	\N	session:01a221cf-2e37-7d27-b8a5-0693cd31ed24	\N	{"factors":"password"}	43b2ca5fc25cf087df0cd03eaaf17ce9	89a00c94f7ab3af41ae4602f4c280f52aff6b92b308eb176e3eba9e050ed30ee	6335370185c809f0140146173693c682cf78d040e17f07bbb9aeb5d3a0dfc9dc
01a221cf-2ba3-7c80-9199-93f7ca86797b	3	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	owner	01a221cf-2e37-7d27-b8a5-0693cd31ed24	127.0.0.1	patient.created	01a221cf-2e44-78f2-8b8e-604a7c269a42	identity:01a221cf-2e44-7f26-baf8-b56a4138cc2b	\N	{"version":1,"hash":"45af67a0e89dd3d5ad2f3fe84b392ba271ced20860f2de9d3df878fa8022eb25"}	5d4c5d507ae784ab0a394f4739ac05ae	6335370185c809f0140146173693c682cf78d040e17f07bbb9aeb5d3a0dfc9dc	90a7a9ac01b99689849e87a4f4efd81d92d23fc587e16d40f0da1c8700d27e38
01a221cf-2ba3-7c80-9199-93f7ca86797b	4	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	owner	01a221cf-2e37-7d27-b8a5-0693cd31ed24	127.0.0.1	record.changed	01a221cf-2e44-78f2-8b8e-604a7c269a42	alert:01a221cf-2e67-7dc3-a90e-53fbbf8084c6	\N	{"version":1,"hash":"36f40d9a83574fccc18d8a12df7a9835c04869062df1b71d613c0d66fb2e1647"}	6a3733a8636e306e8c46bd272642e486	90a7a9ac01b99689849e87a4f4efd81d92d23fc587e16d40f0da1c8700d27e38	929d2a8378963bd54b602b6b6733f36c5afd15e3d07edc189e3f21771f07f79d
01a221cf-2ba3-7c80-9199-93f7ca86797b	5	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	owner	01a221cf-2e37-7d27-b8a5-0693cd31ed24	127.0.0.1	record.corrected	01a221cf-2e44-78f2-8b8e-604a7c269a42	alert:01a221cf-2e67-7dc3-a90e-53fbbf8084c6	précisée	{"version":2,"hash":"7ed67bc2b60b9227433454920a023721cbb5f1f3ff7fc037c067169e1a341851"}	88c700614322c9e98d2da7df681e1556	929d2a8378963bd54b602b6b6733f36c5afd15e3d07edc189e3f21771f07f79d	d6124796964943fa380918c67c413d1623b8e06def7802268e734a1a914be201
01a221cf-2ba3-7c80-9199-93f7ca86797b	6	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	owner	01a221cf-2e37-7d27-b8a5-0693cd31ed24	127.0.0.1	record.changed	01a221cf-2e44-78f2-8b8e-604a7c269a42	alert:01a221cf-2e9e-7266-9c15-ec38c1b4e043	\N	{"version":1,"hash":"3955c4cb40193f4e5a7a50c3d13e2c2ecb663c0c93bf68b1c73456b552bbfee4"}	4999e47638e59f983f94a5d6fa8e02f2	d6124796964943fa380918c67c413d1623b8e06def7802268e734a1a914be201	88c8fb0e8c4230b61324a7731c1dde9038e61a27dd52747cee8b2fa3f3963bba
01a221cf-2ba3-7c80-9199-93f7ca86797b	7	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	owner	01a221cf-2e37-7d27-b8a5-0693cd31ed24	127.0.0.1	record.withdrawn	01a221cf-2e44-78f2-8b8e-604a7c269a42	alert:01a221cf-2e9e-7266-9c15-ec38c1b4e043	autre patient	{"version":2,"hash":"c977582a42a96245983cda20bef27690dd58ebba93548874ef2d6ef8047e7858"}	b3e15527efe330c851698a0a6cefd718	88c8fb0e8c4230b61324a7731c1dde9038e61a27dd52747cee8b2fa3f3963bba	433224aa7720dce1638208f2e08df77e7980de57227a6849f540fb5d59f0cceb
01a221cf-2ba3-7c80-9199-93f7ca86797b	8	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	owner	01a221cf-2e37-7d27-b8a5-0693cd31ed24	127.0.0.1	document.uploading	01a221cf-2e44-78f2-8b8e-604a7c269a42	upload:01a221cf-2ec2-777d-8fe8-252528378bad	\N	{"sizeBytes":22}	0ad1e5b658781fbbbaad8db02c12a1d2	433224aa7720dce1638208f2e08df77e7980de57227a6849f540fb5d59f0cceb	0ff5adda74ae21ad30e97c18a346b0805b1fd53b02ed15c15fba215a93cc8574
01a221cf-2ba3-7c80-9199-93f7ca86797b	9	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	owner	01a221cf-2e37-7d27-b8a5-0693cd31ed24	127.0.0.1	document.uploading	01a221cf-2e44-78f2-8b8e-604a7c269a42	upload:01a221cf-2ec2-777d-8fe8-252528378bad	\N	{"receivedBytes":22}	6eca48cbe39c7ca61053b81c6bd0e7f1	0ff5adda74ae21ad30e97c18a346b0805b1fd53b02ed15c15fba215a93cc8574	ad20401deae17432ecf95b167006c123664f8f6660d19e6d3f7e7dbdd10fdbba
01a221cf-2ba3-7c80-9199-93f7ca86797b	10	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	owner	01a221cf-2e37-7d27-b8a5-0693cd31ed24	127.0.0.1	document.added	01a221cf-2e44-78f2-8b8e-604a7c269a42	document:01a221cf-2f3f-716a-b432-4418c80c69e0	\N	{"version":1,"hash":"85f107b04bc64a08de3ca9c17d1c7ed93d282e779ae3f29bb1541a30722e5b96","object":"object:01a221cf-2ec2-777d-8fe8-252528378bad"}	e441223c43f76516913f9b7d45a065a8	ad20401deae17432ecf95b167006c123664f8f6660d19e6d3f7e7dbdd10fdbba	9cc11fb92d37b802cb65f9c82367d723feac807c30b10532c17879ac53465a68
\.


--
-- Data for Name: journal_head; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.journal_head (practice_id, seq, hash) FROM stdin;
01a221cf-2ba3-7c80-9199-93f7ca86797b	10	9cc11fb92d37b802cb65f9c82367d723feac807c30b10532c17879ac53465a68
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
c0e57d7077a6f73834d118ed7775465ea07f0dd0a8b07f8ffe0746925a1c5793	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2dda-770a-b58b-03681f58312a	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: match_due; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.match_due (practice_id, patient_id, since) FROM stdin;
01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2e44-78f2-8b8e-604a7c269a42	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: match_index; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.match_index (practice_id, patient_id, keys) FROM stdin;
\.


--
-- Data for Name: match_key; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.match_key (practice_id, key, patient_id) FROM stdin;
\.


--
-- Data for Name: migration; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.migration (name, run_at) FROM stdin;
0001-start	2026-03-02T08:00:00Z
0002-imports	2026-03-02T08:00:00Z
0003-duplicates	2026-03-02T08:00:00Z
0004-images	2026-03-02T08:00:00Z
0005-completeness	2026-03-02T08:00:00Z
0006-jobs	2026-03-02T08:00:00Z
0007-import-duplicates	2026-03-02T08:00:00Z
0008-fewer-index-pages	2026-03-02T08:00:00Z
\.


--
-- Data for Name: name_key; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.name_key (practice_id, key, word) FROM stdin;
01a221cf-2ba3-7c80-9199-93f7ca86797b	!AN	anne
01a221cf-2ba3-7c80-9199-93f7ca86797b	!EKS1PL	exemple
01a221cf-2ba3-7c80-9199-93f7ca86797b	~ane	anne
01a221cf-2ba3-7c80-9199-93f7ca86797b	~ann	anne
01a221cf-2ba3-7c80-9199-93f7ca86797b	~anne	anne
01a221cf-2ba3-7c80-9199-93f7ca86797b	~eemple	exemple
01a221cf-2ba3-7c80-9199-93f7ca86797b	~exemle	exemple
01a221cf-2ba3-7c80-9199-93f7ca86797b	~exempe	exemple
01a221cf-2ba3-7c80-9199-93f7ca86797b	~exempl	exemple
01a221cf-2ba3-7c80-9199-93f7ca86797b	~exemple	exemple
01a221cf-2ba3-7c80-9199-93f7ca86797b	~exeple	exemple
01a221cf-2ba3-7c80-9199-93f7ca86797b	~exmple	exemple
01a221cf-2ba3-7c80-9199-93f7ca86797b	~nne	anne
01a221cf-2ba3-7c80-9199-93f7ca86797b	~xemple	exemple
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
01a221cf-2e44-78f2-8b8e-604a7c269a42	01a221cf-2ba3-7c80-9199-93f7ca86797b	DOSSIER-1	01a221cf-2e44-7f26-baf8-b56a4138cc2b	Exemple	\N	["Anne"]	\N	female	\N	\N	\N	\N	exemple anne	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: patient_index; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient_index (patient_id, practice_id, line, words) FROM stdin;
01a221cf-2e44-78f2-8b8e-604a7c269a42	01a221cf-2ba3-7c80-9199-93f7ca86797b	 exemple anne 	["exemple","anne","#dossier1"]
\.


--
-- Data for Name: patient_link; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient_link (id, practice_id, patient_id, kept_id, reason, joined_at, joined_by, undone_at, undone_by, undone_reason) FROM stdin;
\.


--
-- Data for Name: patient_word; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient_word (practice_id, word, line, patient_id) FROM stdin;
01a221cf-2ba3-7c80-9199-93f7ca86797b	#dossier1		01a221cf-2e44-78f2-8b8e-604a7c269a42
01a221cf-2ba3-7c80-9199-93f7ca86797b	anne	 exemple anne 	01a221cf-2e44-78f2-8b8e-604a7c269a42
01a221cf-2ba3-7c80-9199-93f7ca86797b	exemple	 exemple anne 	01a221cf-2e44-78f2-8b8e-604a7c269a42
\.


--
-- Data for Name: practice; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.practice (id, name, facts, created_at, is_sample) FROM stdin;
01a221cf-2ba3-7c80-9199-93f7ca86797b	Cabinet d’essai	{}	2026-03-02T08:00:00.000Z	0
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
01a221cf-2e44-7f26-baf8-b56a4138cc2b	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2e44-78f2-8b8e-604a7c269a42	identity	1	current	\N	\N	\N	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a221cf-2e67-7dc3-a90e-53fbbf8084c6	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2e44-78f2-8b8e-604a7c269a42	alert	2	current	\N	\N	allergy	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a221cf-2e9e-7266-9c15-ec38c1b4e043	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2e44-78f2-8b8e-604a7c269a42	alert	2	withdrawn	\N	\N	allergy	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a221cf-2f3f-716a-b432-4418c80c69e0	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2e44-78f2-8b8e-604a7c269a42	document	1	current	2026-02-20	\N	18748-4	documents	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
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
01a221cf-2e44-7f26-baf8-b56a4138cc2b	1	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2e44-78f2-8b8e-604a7c269a42	identity	current	{"fileNumber":"DOSSIER-1","birthName":"Exemple","givenNames":["Anne"],"sex":"female","status":"provisional","flags":[],"telephones":[],"emails":[],"addresses":[]}	f396a15166cb23986af1272247df493e	08c7448f52b70f0d71eff6421cd62fbeae01f5af22405231b28b947d1f024644	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	45af67a0e89dd3d5ad2f3fe84b392ba271ced20860f2de9d3df878fa8022eb25
01a221cf-2e67-7dc3-a90e-53fbbf8084c6	1	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2e44-78f2-8b8e-604a7c269a42	alert	current	{"state":"present","category":"allergy","label":"Pénicilline"}	1f9aa588f3b39f5c0bf726fd6325505f	1af25e279fa166c1605976eee8da7fe3f436dd4d4fa64aebb6502a3e21c2fdbf	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	36f40d9a83574fccc18d8a12df7a9835c04869062df1b71d613c0d66fb2e1647
01a221cf-2e67-7dc3-a90e-53fbbf8084c6	2	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2e44-78f2-8b8e-604a7c269a42	alert	current	{"state":"present","category":"allergy","label":"Amoxicilline"}	aacff2774c2c91864ad1244557677ca6	406c683082daa9cd03a74a5f9ff3a3756408a5d8b65b16dd2111197db2236444	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	précisée	\N	36f40d9a83574fccc18d8a12df7a9835c04869062df1b71d613c0d66fb2e1647	7ed67bc2b60b9227433454920a023721cbb5f1f3ff7fc037c067169e1a341851
01a221cf-2e9e-7266-9c15-ec38c1b4e043	1	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2e44-78f2-8b8e-604a7c269a42	alert	current	{"state":"present","category":"allergy","label":"Latex"}	de75c2ca7513ba2477e5397399ef28ee	7a1eeaa000eb375536366682d65e28a929846734497d0a841a40cbf9fd6c4156	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	3955c4cb40193f4e5a7a50c3d13e2c2ecb663c0c93bf68b1c73456b552bbfee4
01a221cf-2e9e-7266-9c15-ec38c1b4e043	2	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2e44-78f2-8b8e-604a7c269a42	alert	withdrawn	{"state":"present","category":"allergy","label":"Latex"}	24fa526dd2b775a382f68dfb649fb6a3	6a4404f4676d8811b7244d6d0c09b56049d3c58008b87377da230031f1f2e8f5	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	autre patient	\N	3955c4cb40193f4e5a7a50c3d13e2c2ecb663c0c93bf68b1c73456b552bbfee4	c977582a42a96245983cda20bef27690dd58ebba93548874ef2d6ef8047e7858
01a221cf-2f3f-716a-b432-4418c80c69e0	1	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2e44-78f2-8b8e-604a7c269a42	document	current	{"title":"Panoramique","type":{"system":"http://loinc.org","code":"18748-4","label":"CR d’imagerie médicale"},"madeOn":"2026-02-20","sensitivity":"normal","personalNote":false,"objectId":"01a221cf-2ec2-777d-8fe8-252528378bad","fileName":"lettre.txt","mediaType":"text/plain; charset=utf-8","teeth":[],"aboutIds":[]}	389e4b5285ffbd81283e1506fd982ca9	20351fdeacd9512035a542e91b1b3d6bdc8b3a35f3f0026fe63af5a754e99da6	2026-03-02T08:00:00.000Z	01a221cf-2dda-770a-b58b-03681f58312a	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	85f107b04bc64a08de3ca9c17d1c7ed93d282e779ae3f29bb1541a30722e5b96
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
01a221cf-2e37-7d27-b8a5-0693cd31ed24	01a221cf-2ba3-7c80-9199-93f7ca86797b	01a221cf-2dda-770a-b58b-03681f58312a	f94f443a9155d2e844384b608c47f00b6d439131774bf9cf7ce2db34cf695170	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z	\N	\N	2026-03-02T08:00:00.000Z	password	127.0.0.1	node
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
-- Name: completeness_facts completeness_facts_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.completeness_facts
    ADD CONSTRAINT completeness_facts_key PRIMARY KEY (patient_id);


--
-- Name: completeness_finding completeness_finding_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.completeness_finding
    ADD CONSTRAINT completeness_finding_key PRIMARY KEY (practice_id, patient_id, rule, subject);


--
-- Name: completeness_record completeness_record_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.completeness_record
    ADD CONSTRAINT completeness_record_key PRIMARY KEY (practice_id, patient_id);


--
-- Name: completeness_trend completeness_trend_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.completeness_trend
    ADD CONSTRAINT completeness_trend_key PRIMARY KEY (practice_id, on_day, rule);


--
-- Name: completeness_waiver completeness_waiver_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.completeness_waiver
    ADD CONSTRAINT completeness_waiver_key PRIMARY KEY (practice_id, patient_id, rule, subject, version);


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
-- Name: duplicate_pair duplicate_pair_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.duplicate_pair
    ADD CONSTRAINT duplicate_pair_key PRIMARY KEY (practice_id, one_id, other_id);


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
-- Name: image_import image_import_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_import
    ADD CONSTRAINT image_import_key PRIMARY KEY (id);


--
-- Name: image_instance image_instance_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_instance
    ADD CONSTRAINT image_instance_key PRIMARY KEY (id);


--
-- Name: image_instance image_instance_unique_1; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_instance
    ADD CONSTRAINT image_instance_unique_1 UNIQUE (practice_id, sop_uid, data_sha256, transfer_syntax_uid);


--
-- Name: image_series image_series_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_series
    ADD CONSTRAINT image_series_key PRIMARY KEY (id);


--
-- Name: image_series image_series_unique_1; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_series
    ADD CONSTRAINT image_series_unique_1 UNIQUE (study_id, series_uid);


--
-- Name: image_study image_study_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_study
    ADD CONSTRAINT image_study_key PRIMARY KEY (id);


--
-- Name: image_study image_study_unique_1; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_study
    ADD CONSTRAINT image_study_unique_1 UNIQUE (practice_id, study_uid, identity_digest);


--
-- Name: import_chunk import_chunk_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_chunk
    ADD CONSTRAINT import_chunk_key PRIMARY KEY (run_id, table_name, first_line);


--
-- Name: import_decision import_decision_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_decision
    ADD CONSTRAINT import_decision_key PRIMARY KEY (id);


--
-- Name: import_decision import_decision_unique_1; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_decision
    ADD CONSTRAINT import_decision_unique_1 UNIQUE (source_id, current_key);


--
-- Name: import_duplicate import_duplicate_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_duplicate
    ADD CONSTRAINT import_duplicate_key PRIMARY KEY (run_id, line, place);


--
-- Name: import_file import_file_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_file
    ADD CONSTRAINT import_file_key PRIMARY KEY (id);


--
-- Name: import_file import_file_unique_1; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_file
    ADD CONSTRAINT import_file_unique_1 UNIQUE (source_id, path);


--
-- Name: import_left import_left_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_left
    ADD CONSTRAINT import_left_key PRIMARY KEY (run_id, table_name, line);


--
-- Name: import_person import_person_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_person
    ADD CONSTRAINT import_person_key PRIMARY KEY (run_id, line);


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
-- Name: import_setting import_setting_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.import_setting
    ADD CONSTRAINT import_setting_key PRIMARY KEY (source_id);


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
-- Name: job job_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_key PRIMARY KEY (id);


--
-- Name: job job_unique_1; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_unique_1 UNIQUE (practice_id, active_key);


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
-- Name: match_due match_due_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.match_due
    ADD CONSTRAINT match_due_key PRIMARY KEY (practice_id, patient_id);


--
-- Name: match_index match_index_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.match_index
    ADD CONSTRAINT match_index_key PRIMARY KEY (patient_id);


--
-- Name: match_key match_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.match_key
    ADD CONSTRAINT match_key_key PRIMARY KEY (practice_id, key, patient_id);


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
-- Name: patient_link patient_link_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.patient_link
    ADD CONSTRAINT patient_link_key PRIMARY KEY (id);


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
-- Name: completeness_finding_by_practice_id_rule_about_on; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX completeness_finding_by_practice_id_rule_about_on ON public.completeness_finding USING btree (practice_id, rule, about_on);


--
-- Name: completeness_finding_by_practice_id_severity_about_on; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX completeness_finding_by_practice_id_severity_about_on ON public.completeness_finding USING btree (practice_id, severity, about_on);


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
-- Name: duplicate_pair_by_practice_id_other_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX duplicate_pair_by_practice_id_other_id ON public.duplicate_pair USING btree (practice_id, other_id);


--
-- Name: duplicate_pair_by_practice_id_state_score; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX duplicate_pair_by_practice_id_state_score ON public.duplicate_pair USING btree (practice_id, state, score);


--
-- Name: idempotency_key_by_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idempotency_key_by_at ON public.idempotency_key USING btree (at);


--
-- Name: image_import_by_practice_id_started_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX image_import_by_practice_id_started_at ON public.image_import USING btree (practice_id, started_at);


--
-- Name: image_instance_by_study_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX image_instance_by_study_id ON public.image_instance USING btree (study_id);


--
-- Name: image_study_by_practice_id_is_stale; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX image_study_by_practice_id_is_stale ON public.image_study USING btree (practice_id, is_stale);


--
-- Name: image_study_by_practice_id_patient_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX image_study_by_practice_id_patient_id ON public.image_study USING btree (practice_id, patient_id);


--
-- Name: image_study_by_practice_id_state_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX image_study_by_practice_id_state_id ON public.image_study USING btree (practice_id, state, id);


--
-- Name: import_decision_by_practice_id_source_id_decided_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX import_decision_by_practice_id_source_id_decided_at ON public.import_decision USING btree (practice_id, source_id, decided_at);


--
-- Name: import_duplicate_by_run_id_score; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX import_duplicate_by_run_id_score ON public.import_duplicate USING btree (run_id, score);


--
-- Name: import_run_by_practice_id_started_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX import_run_by_practice_id_started_at ON public.import_run USING btree (practice_id, started_at);


--
-- Name: job_by_practice_id_ended_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX job_by_practice_id_ended_at ON public.job USING btree (practice_id, ended_at);


--
-- Name: job_by_practice_id_state_created_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX job_by_practice_id_state_created_at ON public.job USING btree (practice_id, state, created_at);


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
-- Name: patient_link_by_practice_id_kept_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX patient_link_by_practice_id_kept_id ON public.patient_link USING btree (practice_id, kept_id);


--
-- Name: patient_link_by_practice_id_patient_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX patient_link_by_practice_id_patient_id ON public.patient_link USING btree (practice_id, patient_id);


--
-- Name: patient_link_once; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX patient_link_once ON public.patient_link USING btree (practice_id, patient_id) WHERE (undone_at IS NULL);


--
-- Name: practice_role_by_practice_id_practitioner_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX practice_role_by_practice_id_practitioner_id ON public.practice_role USING btree (practice_id, practitioner_id);


--
-- Name: record_entry_by_practice_id_kind_about_on_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_entry_by_practice_id_kind_about_on_id ON public.record_entry USING btree (practice_id, kind, about_on, id);


--
-- Name: record_entry_by_practice_id_patient_id_kind_about_on_version; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_entry_by_practice_id_patient_id_kind_about_on_version ON public.record_entry USING btree (practice_id, patient_id, kind, about_on, version);


--
-- Name: record_version_by_source_patient_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_version_by_source_patient_id ON public.record_version USING btree (source, patient_id) WHERE (source IS NOT NULL);


--
-- Name: session_by_account_id_ended_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX session_by_account_id_ended_at ON public.session USING btree (account_id, ended_at);


--
-- Name: completeness_waiver completeness_waiver_no_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER completeness_waiver_no_delete BEFORE DELETE ON public.completeness_waiver FOR EACH ROW EXECUTE FUNCTION public.kept_as_written();


--
-- Name: completeness_waiver completeness_waiver_no_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER completeness_waiver_no_update BEFORE UPDATE ON public.completeness_waiver FOR EACH ROW WHEN ((NOT ((new.practice_id = old.practice_id) AND (new.patient_id = old.patient_id) AND (new.rule = old.rule) AND (new.subject = old.subject) AND (new.version = old.version) AND (new.state = old.state) AND (new.same_as = old.same_as) AND (new.at = old.at) AND (new.account_id = old.account_id) AND (new.reason IS NULL)))) EXECUTE FUNCTION public.kept_as_written();


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


