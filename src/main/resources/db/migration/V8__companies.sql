-- How a company reaches its Cal.com. Its key is encrypted under the master key, so a copy of the database does not have it.
-- The default company's is in the environment, and not here.
ALTER TABLE company ALTER COLUMN calcom_api_key TYPE bytea USING NULL;
ALTER TABLE company ADD COLUMN calcom_team_slug text;
ALTER TABLE company ADD COLUMN calcom_base_url text;
ALTER TABLE company ADD COLUMN calcom_api_version text CHECK (calcom_api_version IN ('v1', 'v2'));
-- What people who book there are believed to live in and to speak, where nobody says.
ALTER TABLE company ADD COLUMN time_zone text;
ALTER TABLE company ADD COLUMN language text;
ALTER TABLE company ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();

-- The secrets that Cal.com signs a company's webhooks with: two while one takes the place of the other. Without secret it is
-- one of the environment's, of which only is kept when it signed last.
CREATE TABLE webhook_secret (
    company_id     integer     NOT NULL REFERENCES company (id),
    -- Of the secret, under the master key: tells which one it is, and nothing of it.
    fingerprint    text        NOT NULL,
    secret         bytea,
    created_at     timestamptz NOT NULL DEFAULT now(),
    last_signed_at timestamptz,
    PRIMARY KEY (company_id, fingerprint)
);

-- When each company's event types are synced next.
CREATE TABLE event_type_schedule (
    company_id integer     PRIMARY KEY REFERENCES company (id),
    due_at     timestamptz NOT NULL
);
CREATE INDEX event_type_schedule_due ON event_type_schedule (due_at);
