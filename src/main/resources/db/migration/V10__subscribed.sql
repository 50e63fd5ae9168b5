-- When Cal.com was last told where the company's webhooks go: a change before that need not have been told here.
ALTER TABLE company ADD COLUMN subscribed_at timestamptz;
