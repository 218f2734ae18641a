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
01a22024-b6d2-77d1-a597-c8eb14b2bd36	01a22024-b503-770d-b3fe-113038d0c936	\\xf003b635cd026720cdd56e09ca619e70f6840b5743aebf480f2843571958e88c496a0faac264477cf74044d19c0cfcf5765e16885b829db43798f554	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: account; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.account (id, practice_id, login, display_name, email, role, practitioner_id, language, state, password_hash, password_changed_at, invitation_hash, invitation_ends_at, invitation_resets, second_factor_due_at, totp_sealed, totp_step, oidc_subject, created_at, created_by) FROM stdin;
01a22024-b614-77e7-a6f1-d02ff21386b1	01a22024-b503-770d-b3fe-113038d0c936	camille	Dr Camille Exemple	\N	owner	\N	fr	active	$argon2id$v=19$m=1024,t=1,p=1$uZVJZTcj8TwUUlK83RMtNA$/lcfklAMZpybQQ6miZeIldNXMFolJWji3YIdN2ot/pA	2026-03-02T08:00:00.000Z	\N	\N	\N	2026-03-09T08:00:00.000Z	\N	\N	\N	2026-03-02T08:00:00.000Z	\N
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
01a22024-b6d2-77d1-a597-c8eb14b2bd36	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b67a-7645-bb03-bea3e56c5c22	f4e39a71c01d572cf3992b2ac57e246566900d98ff58669ea93d1963c1905e44	243906765ce5169ffb91efb8158ca3711ac4571a	22	text/plain; charset=utf-8	fe70bd4b535dc77ea7f962bc101898435b7a01c71d8ab72cba44635da1c9d28c	78	\N	none	2026-03-02T08:00:00.000Z	\N
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
01a22024-b503-770d-b3fe-113038d0c936	address:password:127.0.0.1	0	2026-03-02T08:00:00.000Z
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
01a22024-b503-770d-b3fe-113038d0c936	1	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	owner	\N	console	practice.created	\N	practice:01a22024-b503-770d-b3fe-113038d0c936	\N	{}	0c7fcac022d1fb2c76b992e97a11c467	0000000000000000000000000000000000000000000000000000000000000000	8b0c252b4d85496c3a15d7ceb33ce72c02e8c6910eb28bd6c0debbd0b9a91ad8
01a22024-b503-770d-b3fe-113038d0c936	2	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	owner	01a22024-b66f-70ff-8f43-c7f31d448542	127.0.0.1	sign-in.done	\N	session:01a22024-b66f-70ff-8f43-c7f31d448542	\N	{"factors":"password"}	9c5b712a99a7dd7994d64123a0ee9136	8b0c252b4d85496c3a15d7ceb33ce72c02e8c6910eb28bd6c0debbd0b9a91ad8	a7d7dc4c4fa80dc7887de86cf124bd0ae7bf7a24e8b46a3983ba4b49982a9605
01a22024-b503-770d-b3fe-113038d0c936	3	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	owner	01a22024-b66f-70ff-8f43-c7f31d448542	127.0.0.1	patient.created	01a22024-b67a-7645-bb03-bea3e56c5c22	identity:01a22024-b67a-7b71-922c-f91d628e3ae0	\N	{"version":1,"hash":"84842b76f0f25e81ce36c7eda2453dc08fbb8c44846583ba82e8a98689851f84"}	40821881de2ab312b55b2ee12c783931	a7d7dc4c4fa80dc7887de86cf124bd0ae7bf7a24e8b46a3983ba4b49982a9605	30c60b4969c902c036e9a591e27642d812aab4b1c9c5f0948692cad23a5c2336
01a22024-b503-770d-b3fe-113038d0c936	4	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	owner	01a22024-b66f-70ff-8f43-c7f31d448542	127.0.0.1	record.changed	01a22024-b67a-7645-bb03-bea3e56c5c22	alert:01a22024-b695-7b9d-ac56-9153737f9be2	\N	{"version":1,"hash":"2e2f6379e8f22636b19fcce89100c44aa3f3da08f68aa934103433d97030be85"}	c49026c849f496e8098218ac0e9472ec	30c60b4969c902c036e9a591e27642d812aab4b1c9c5f0948692cad23a5c2336	faf142d7ee38a40f171d897da1afc273f6aa74964cb90d45c416ac0ec47aeb33
01a22024-b503-770d-b3fe-113038d0c936	5	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	owner	01a22024-b66f-70ff-8f43-c7f31d448542	127.0.0.1	record.corrected	01a22024-b67a-7645-bb03-bea3e56c5c22	alert:01a22024-b695-7b9d-ac56-9153737f9be2	précisée	{"version":2,"hash":"da2e0180f32d45ce0cbd679985445928490db16dc14d43338e841dc73e303787"}	6f624da40d5abd6ede4f6e06c1559dc4	faf142d7ee38a40f171d897da1afc273f6aa74964cb90d45c416ac0ec47aeb33	1e36a2283ff60f341908b5e6aa4b1d6f2a2f7937bd855ee1c8e54b85f7ac3990
01a22024-b503-770d-b3fe-113038d0c936	6	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	owner	01a22024-b66f-70ff-8f43-c7f31d448542	127.0.0.1	record.changed	01a22024-b67a-7645-bb03-bea3e56c5c22	alert:01a22024-b6b0-767c-b291-166b5785c255	\N	{"version":1,"hash":"c38403977a14851675f70dd70b85934927b1f0ef575aa35b03e5c33b5fcfa409"}	8a6118f22e9c6247a4e9ce3dc46def4a	1e36a2283ff60f341908b5e6aa4b1d6f2a2f7937bd855ee1c8e54b85f7ac3990	37a879a38150b58196ff926ad65355e3235b1c8465478f31a576739963eea87b
01a22024-b503-770d-b3fe-113038d0c936	7	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	owner	01a22024-b66f-70ff-8f43-c7f31d448542	127.0.0.1	record.withdrawn	01a22024-b67a-7645-bb03-bea3e56c5c22	alert:01a22024-b6b0-767c-b291-166b5785c255	autre patient	{"version":2,"hash":"7d311b7059df071807d95e068b5b65d89709fbebc0720ae3e7a0c9f1fd1e20cc"}	d12aefcc0b92e1ceb3843e0ba15c5b37	37a879a38150b58196ff926ad65355e3235b1c8465478f31a576739963eea87b	5f4cebfdf4a07cd8cbfc5eb32a0ad826fdf3ab74029ec09cb55391539284d549
01a22024-b503-770d-b3fe-113038d0c936	8	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	owner	01a22024-b66f-70ff-8f43-c7f31d448542	127.0.0.1	document.uploading	01a22024-b67a-7645-bb03-bea3e56c5c22	upload:01a22024-b6d2-77d1-a597-c8eb14b2bd36	\N	{"sizeBytes":22}	7b2da418acad85239af8b0a063124b72	5f4cebfdf4a07cd8cbfc5eb32a0ad826fdf3ab74029ec09cb55391539284d549	7d66ae69a8411dbe24a06191d7186b03061382f7bf63d20b3479902dfcf4092b
01a22024-b503-770d-b3fe-113038d0c936	9	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	owner	01a22024-b66f-70ff-8f43-c7f31d448542	127.0.0.1	document.uploading	01a22024-b67a-7645-bb03-bea3e56c5c22	upload:01a22024-b6d2-77d1-a597-c8eb14b2bd36	\N	{"receivedBytes":22}	397e2231a1f5a6a473905a791eb151f0	7d66ae69a8411dbe24a06191d7186b03061382f7bf63d20b3479902dfcf4092b	f75701df9f96dce1f89b36ca718e6e0c8556f3e57d692e3bd334d7dbbf25ec72
01a22024-b503-770d-b3fe-113038d0c936	10	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	owner	01a22024-b66f-70ff-8f43-c7f31d448542	127.0.0.1	document.added	01a22024-b67a-7645-bb03-bea3e56c5c22	document:01a22024-b70c-7c87-81d4-7021112ff912	\N	{"version":1,"hash":"5be32267960deb7c299f53f5be2a9bd5c975e87df320edfaa0cdf214e8361a9a","object":"object:01a22024-b6d2-77d1-a597-c8eb14b2bd36"}	e1e032c145bebd0fc1cbf66c7cd24db5	f75701df9f96dce1f89b36ca718e6e0c8556f3e57d692e3bd334d7dbbf25ec72	550e054ce33765bb0cc3fb4d2bd4eef71693772b8aa91de6868a3d299f1e6b7d
\.


--
-- Data for Name: journal_head; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.journal_head (practice_id, seq, hash) FROM stdin;
01a22024-b503-770d-b3fe-113038d0c936	10	550e054ce33765bb0cc3fb4d2bd4eef71693772b8aa91de6868a3d299f1e6b7d
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
03a7251d0a10dfa85ec147226642a49184a34532a41497b300f29c3c31c509f1	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b614-77e7-a6f1-d02ff21386b1	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: match_due; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.match_due (practice_id, patient_id, since) FROM stdin;
01a22024-b503-770d-b3fe-113038d0c936	01a22024-b67a-7645-bb03-bea3e56c5c22	2026-03-02T08:00:00.000Z
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
\.


--
-- Data for Name: name_key; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.name_key (practice_id, key, word) FROM stdin;
01a22024-b503-770d-b3fe-113038d0c936	!AN	anne
01a22024-b503-770d-b3fe-113038d0c936	!EKS1PL	exemple
01a22024-b503-770d-b3fe-113038d0c936	~ane	anne
01a22024-b503-770d-b3fe-113038d0c936	~ann	anne
01a22024-b503-770d-b3fe-113038d0c936	~anne	anne
01a22024-b503-770d-b3fe-113038d0c936	~eemple	exemple
01a22024-b503-770d-b3fe-113038d0c936	~exemle	exemple
01a22024-b503-770d-b3fe-113038d0c936	~exempe	exemple
01a22024-b503-770d-b3fe-113038d0c936	~exempl	exemple
01a22024-b503-770d-b3fe-113038d0c936	~exemple	exemple
01a22024-b503-770d-b3fe-113038d0c936	~exeple	exemple
01a22024-b503-770d-b3fe-113038d0c936	~exmple	exemple
01a22024-b503-770d-b3fe-113038d0c936	~nne	anne
01a22024-b503-770d-b3fe-113038d0c936	~xemple	exemple
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
01a22024-b67a-7645-bb03-bea3e56c5c22	01a22024-b503-770d-b3fe-113038d0c936	DOSSIER-1	01a22024-b67a-7b71-922c-f91d628e3ae0	Exemple	\N	["Anne"]	\N	female	\N	\N	\N	\N	exemple anne	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
\.


--
-- Data for Name: patient_index; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.patient_index (patient_id, practice_id, line, words) FROM stdin;
01a22024-b67a-7645-bb03-bea3e56c5c22	01a22024-b503-770d-b3fe-113038d0c936	 exemple anne 	["exemple","anne","#dossier1"]
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
01a22024-b503-770d-b3fe-113038d0c936	#dossier1		01a22024-b67a-7645-bb03-bea3e56c5c22
01a22024-b503-770d-b3fe-113038d0c936	anne	 exemple anne 	01a22024-b67a-7645-bb03-bea3e56c5c22
01a22024-b503-770d-b3fe-113038d0c936	exemple	 exemple anne 	01a22024-b67a-7645-bb03-bea3e56c5c22
\.


--
-- Data for Name: practice; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.practice (id, name, facts, created_at, is_sample) FROM stdin;
01a22024-b503-770d-b3fe-113038d0c936	Cabinet d’essai	{}	2026-03-02T08:00:00.000Z	0
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
01a22024-b67a-7b71-922c-f91d628e3ae0	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b67a-7645-bb03-bea3e56c5c22	identity	1	current	\N	\N	\N	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a22024-b695-7b9d-ac56-9153737f9be2	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b67a-7645-bb03-bea3e56c5c22	alert	2	current	\N	\N	allergy	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a22024-b6b0-767c-b291-166b5785c255	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b67a-7645-bb03-bea3e56c5c22	alert	2	withdrawn	\N	\N	allergy	administrative	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
01a22024-b70c-7c87-81d4-7021112ff912	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b67a-7645-bb03-bea3e56c5c22	document	1	current	2026-02-20	\N	18748-4	documents	\N	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z
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
01a22024-b67a-7b71-922c-f91d628e3ae0	1	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b67a-7645-bb03-bea3e56c5c22	identity	current	{"fileNumber":"DOSSIER-1","birthName":"Exemple","givenNames":["Anne"],"sex":"female","status":"provisional","flags":[],"telephones":[],"emails":[],"addresses":[]}	220d662382813673ce36ba20155ec61d	93d5b996c8a34d8c3c83f1e28c5c4da181484e995e8fd9186940dbdb0d9e2150	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	84842b76f0f25e81ce36c7eda2453dc08fbb8c44846583ba82e8a98689851f84
01a22024-b695-7b9d-ac56-9153737f9be2	1	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b67a-7645-bb03-bea3e56c5c22	alert	current	{"state":"present","category":"allergy","label":"Pénicilline"}	a479b1cc4743533f43e83815a8ec0117	8dda4389c3e135c51fdcaef09773058713889adbd3d81ae1f82f073b9b86523f	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	2e2f6379e8f22636b19fcce89100c44aa3f3da08f68aa934103433d97030be85
01a22024-b695-7b9d-ac56-9153737f9be2	2	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b67a-7645-bb03-bea3e56c5c22	alert	current	{"state":"present","category":"allergy","label":"Amoxicilline"}	34941a1b40af3fe38b4388cf64538347	d7023f30c57adc4434f959d65525047725509c75358197e2079db790c36a0147	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	précisée	\N	2e2f6379e8f22636b19fcce89100c44aa3f3da08f68aa934103433d97030be85	da2e0180f32d45ce0cbd679985445928490db16dc14d43338e841dc73e303787
01a22024-b6b0-767c-b291-166b5785c255	1	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b67a-7645-bb03-bea3e56c5c22	alert	current	{"state":"present","category":"allergy","label":"Latex"}	d7271da03813edb98a66b4e19453d4b9	761699bb924fb9a47c90c248e85e8428d473ed3c3e61f610e5bcb4dfd781c420	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	c38403977a14851675f70dd70b85934927b1f0ef575aa35b03e5c33b5fcfa409
01a22024-b6b0-767c-b291-166b5785c255	2	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b67a-7645-bb03-bea3e56c5c22	alert	withdrawn	{"state":"present","category":"allergy","label":"Latex"}	b9dd0e59540c3b9ceda67c2738721a38	ddc8bedbf501edd01a87be09d75ca76ed6cbcc372110b0e2736bb1f82458283d	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	autre patient	\N	c38403977a14851675f70dd70b85934927b1f0ef575aa35b03e5c33b5fcfa409	7d311b7059df071807d95e068b5b65d89709fbebc0720ae3e7a0c9f1fd1e20cc
01a22024-b70c-7c87-81d4-7021112ff912	1	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b67a-7645-bb03-bea3e56c5c22	document	current	{"title":"Panoramique","type":{"system":"http://loinc.org","code":"18748-4","label":"CR d’imagerie médicale"},"madeOn":"2026-02-20","sensitivity":"normal","personalNote":false,"objectId":"01a22024-b6d2-77d1-a597-c8eb14b2bd36","fileName":"lettre.txt","mediaType":"text/plain; charset=utf-8","teeth":[],"aboutIds":[]}	ced4f77da500026d9c82ea05330ea1cc	01ad08916482c8f79f051dc763a22cc43115ce3f0421c76b4944480c58832321	2026-03-02T08:00:00.000Z	01a22024-b614-77e7-a6f1-d02ff21386b1	\N	\N	0000000000000000000000000000000000000000000000000000000000000000	5be32267960deb7c299f53f5be2a9bd5c975e87df320edfaa0cdf214e8361a9a
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
01a22024-b66f-70ff-8f43-c7f31d448542	01a22024-b503-770d-b3fe-113038d0c936	01a22024-b614-77e7-a6f1-d02ff21386b1	94ab3a1282d8c1c55c0333b8344125bd57a9f55fdb5a4a5f07332c2ce618ad83	2026-03-02T08:00:00.000Z	2026-03-02T08:00:00.000Z	\N	\N	2026-03-02T08:00:00.000Z	password	127.0.0.1	node
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
-- Name: record_entry_by_practice_id_patient_id_kind_about_on; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_entry_by_practice_id_patient_id_kind_about_on ON public.record_entry USING btree (practice_id, patient_id, kind, about_on);


--
-- Name: record_version_by_practice_id_patient_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_version_by_practice_id_patient_id ON public.record_version USING btree (practice_id, patient_id);


--
-- Name: record_version_by_source; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX record_version_by_source ON public.record_version USING btree (source) WHERE (source IS NOT NULL);


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


