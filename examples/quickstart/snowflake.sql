-- What `npm start -- --snowflake` expects in the account: run it as a role that may create a database, then grant what is in it to SNOWFLAKE_ROLE.
CREATE DATABASE IF NOT EXISTS ACME;
CREATE SCHEMA IF NOT EXISTS ACME.OPS;
CREATE OR REPLACE TABLE ACME.OPS.ORDERS AS
SELECT
  100000 + SEQ4() AS ORDER_ID,
  GET(ARRAY_CONSTRUCT('pending', 'shipped', 'delivered', 'cancelled'), MOD(SEQ4(), 4))::VARCHAR AS STATUS
FROM TABLE(GENERATOR(ROWCOUNT => 400));
