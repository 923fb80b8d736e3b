/** The company's two schemas: made in memory at every start, the same rows each time. */
export const schemas = ['ACME.OPS', 'ACME.FINANCE'];

const day = `TIMESTAMP '2026-11-20 18:00:00'`;

/** A number from 0 to `below` - 1 that looks random and is the same each time. */
function pick(salt: string, below: number): string {
  return `(hash(i, '${salt}') % ${below})::INTEGER`;
}

const orders = `
CREATE TABLE ACME.OPS.ORDERS AS
SELECT
  100000 + i AS ORDER_ID,
  (['Northwind Bikes', 'Olive & Thyme', 'Kestrel Climbing', 'Maison Perrin', 'Blue Harbour Tea', 'Fjord Outdoor', 'Studio Lumen', 'Casa Verde',
    'Hollis & Sons', 'Paper Lantern', 'Tramway Coffee', 'Ridgeline Supply'])[1 + ${pick('customer', 12)}] AS CUSTOMER,
  CASE
    WHEN i > 3400 AND ${pick('status', 100)} < 45 THEN 'pending'
    WHEN i > 3000 AND ${pick('status', 100)} < 70 THEN 'shipped'
    WHEN ${pick('status', 100)} < 4 THEN 'returned'
    WHEN ${pick('status', 100)} < 7 THEN 'cancelled'
    ELSE 'delivered'
  END AS STATUS,
  (1 + ${pick('items', 9)})::INTEGER AS ITEMS,
  ((1500 + hash(i, 'amount') % 48000)::DECIMAL(12, 2) / 100)::DECIMAL(12, 2) AS AMOUNT,
  ${day} - to_minutes((4000 - i) * 37 + ${pick('minute', 37)}) AS PLACED_AT
FROM range(1, 4001) AS numbers(i)`;

const carriers = `
CREATE TABLE ACME.OPS.CARRIERS AS
SELECT * FROM (VALUES ('DHL', 'Express', 2), ('PostNord', 'Parcel', 4), ('Colissimo', 'Home', 3), ('DPD', 'Classic', 3), ('Bring', 'Pickup', 5))
  AS carriers(CARRIER, SERVICE, DAYS)`;

const invoices = `
CREATE TABLE ACME.FINANCE.INVOICES AS
SELECT 7000 + i AS INVOICE_ID, 100000 + i AS ORDER_ID, (${pick('paid', 10)} > 1) AS PAID, (${day} - to_days(600 - i))::DATE AS DUE_ON
FROM range(1, 601) AS numbers(i)`;

const payroll = `
CREATE TABLE ACME.FINANCE.PAYROLL AS
SELECT i AS EMPLOYEE_ID, (['Operations', 'Finance', 'Engineering', 'Support'])[1 + ${pick('team', 4)}] AS TEAM,
  (3200 + 50 * ${pick('salary', 60)})::DECIMAL(12, 2) AS MONTHLY_SALARY
FROM range(1, 49) AS numbers(i)`;

/** Run once, in order, before anyone is let in: a few thousand orders, and a second schema that most may not see. */
export const setup: readonly string[] = [orders, carriers, invoices, payroll];
