"use strict";

// What a user of @freshbooks/api does, against the sandbox: node contract.cjs SCENARIO. A broken promise ends it with 1 and says where.
// FRESHBOOKS_API_URL and FRESHBOOKS_AUTH_URL are the client's own variables; SANDBOX holds what an application knows about itself.

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const http = require("node:http");
const { once } = require("node:events");

const { Client } = require("@freshbooks/api");
const {
  IncludesQueryBuilder,
  PaginationQueryBuilder,
  SearchQueryBuilder,
  SortQueryBuilder,
} = require("@freshbooks/api/dist/models/builders");

const sandbox = JSON.parse(process.env.SANDBOX);
const account = sandbox.account_id;
const ONCE = { retries: 0 };

function connect(options = {}) {
  return new Client(sandbox.client_id, {
    clientSecret: sandbox.client_secret,
    redirectUri: "https://example.com/back",
    accessToken: sandbox.access_token,
    refreshToken: sandbox.refresh_token,
    ...options,
  });
}

async function control(order, body) {
  const answer = await fetch(`${process.env.FRESHBOOKS_API_URL}/_control/${order}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

async function refused(work, statusCode, message) {
  await assert.rejects(work, (error) => {
    assert.equal(error.statusCode, statusCode);
    if (message) assert.match(error.message, message);
    return true;
  });
}

async function bill(client, number = 1) {
  const buyer = await client.clients.create(
    { organization: "Engines Ltd", email: `a${number}@example.com`, pCountry: "United Kingdom" },
    account,
  );
  const invoice = await client.invoices.create(
    {
      customerId: buyer.data.id,
      createDate: new Date(2026, 2, 10 + number),
      dueOffsetDays: 20_000,
      lines: [
        {
          type: 0,
          name: "Bowl",
          qty: 4,
          unitCost: { amount: "5.00", code: "GBP" },
          taxName1: "VAT",
          taxAmount1: "20",
        },
      ],
    },
    account,
  );
  return { buyer: buyer.data, invoice: invoice.data };
}

const scenarios = {
  async consent() {
    const client = connect({ accessToken: "none" });
    const address = client.getAuthRequestUrl(["user:profile:read", "user:clients:read"]);
    const page = await fetch(address);
    assert.equal(page.status, 200);
    const fields = [...(await page.text()).matchAll(/name="(\w+)" value="([^"]*)"/g)];
    const form = new URLSearchParams(fields.map(([, name, value]) => [name, value]));
    form.set("decision", "allow");
    const back = await fetch(address, { method: "POST", body: form, redirect: "manual" });
    const code = new URL(back.headers.get("location")).searchParams.get("code");
    const granted = await client.getAccessToken(code);
    assert.match(granted.refreshToken, /^[0-9a-f]{64}$/);
    assert.ok(Math.abs(granted.accessTokenExpiresAt - Date.now() - 43_200_000) < 60_000);
    assert.equal((await client.users.me()).data.firstName, "Olive");
    assert.equal((await client.clients.list(account)).ok, true);
    await refused(client.invoices.list(account), "403", /does not have access/);
    await refused(client.getAccessToken(code), "400");
  },

  async refresh() {
    const client = connect();
    const old = client.refreshToken;
    const fresh = await client.refreshAccessToken();
    assert.notEqual(fresh.accessToken, sandbox.access_token);
    assert.equal((await client.users.me()).data.email, "owner@example.com");
    await refused(client.refreshAccessToken(old), "400");
    const impostor = connect({ clientSecret: "wrong", retryOptions: ONCE });
    await refused(impostor.refreshAccessToken(fresh.refreshToken), "401");
  },

  async identity() {
    const me = (await connect().users.me()).data;
    const { business, id } = me.businessMemberships[0];
    assert.equal(business.accountId, account);
    assert.equal(Number(business.id), sandbox.business_id);
    assert.notEqual(Number(id), sandbox.business_id);
  },

  async records() {
    const client = connect();
    const { buyer, invoice } = await bill(client);
    assert.ok(Math.abs(buyer.updated - Date.now()) < 60_000, "`updated` is Eastern wall time");
    assert.ok(Math.abs(buyer.signupDate - Date.now()) < 60_000, "`signup_date` is UTC");
    assert.equal(invoice.amount.amount, "24.00");
    assert.equal(invoice.lines, undefined);
    const lines = new IncludesQueryBuilder().includes("lines");
    const found = (await client.invoices.single(account, invoice.id, [lines])).data;
    assert.deepEqual(found.lines.map((line) => line.name), ["Bowl"]);

    const changed = await client.invoices.update(account, invoice.id, { notes: "Thanks" });
    assert.equal(changed.data.notes, "Thanks");
    const sent = await client.invoices.update(account, invoice.id, { actionMarkAsSent: true });
    assert.equal(sent.data.v3Status, "sent");
    const renamed = await client.clients.update({ organization: "Pumps Ltd" }, account, buyer.id);
    assert.equal(renamed.data.organization, "Pumps Ltd");
    assert.equal(renamed.data.email, "a1@example.com");

    const payment = await client.payments.create(account, {
      invoiceId: invoice.id,
      amount: { amount: "10.00", code: "GBP" },
      date: new Date(2026, 2, 12),
      type: "Cash",
    });
    const part = (await client.invoices.single(account, invoice.id)).data;
    assert.deepEqual([part.paymentStatus, part.outstanding.amount], ["partial", "14.00"]);
    assert.equal((await client.payments.single(account, payment.data.id)).data.type, "Cash");
    await client.payments.update(account, payment.data.id, { note: "till", amount: { amount: "9.00" } });
    assert.equal((await client.payments.delete(account, payment.data.id)).ok, true);
    assert.equal((await client.invoices.single(account, invoice.id)).data.outstanding.amount, "24.00");

    await client.invoices.delete(account, invoice.id);
    assert.equal((await client.invoices.single(account, invoice.id)).data.visState, 1);
    await client.clients.delete(account, buyer.id);
    assert.equal((await client.clients.list(account)).data.pages.total, 0);
  },

  async items() {
    const client = connect();
    const made = await client.items.create(account, {
      name: "Bowl",
      unitCost: { amount: "5.00", code: "GBP" },
    });
    assert.equal(made.data.unitCost.amount, "5.00");
    const item = await client.items.update(account, made.data.id, { name: "Deep bowl" });
    assert.equal(item.data.name, "Deep bowl");
    assert.equal((await client.items.single(account, made.data.id)).data.name, "Deep bowl");
    await client.items.update(account, made.data.id, { visState: 1 });
    assert.equal((await client.items.list(account)).data.pages.total, 0);
  },

  async payables() {
    const client = connect();
    const vendor = (await client.billVendors.create({ vendorName: "Timber Ltd" }, account)).data;
    const { vendorId } = vendor;
    const renamed = await client.billVendors.update({ vendorName: "Oak Ltd" }, account, vendorId);
    assert.equal(renamed.data.vendorName, "Oak Ltd");
    const [category] = (await client.expenseCategories.list(account)).data.categories;
    const made = await client.bills.create(
      {
        vendorId,
        issueDate: new Date(2026, 2, 1),
        dueOffsetDays: 30,
        currencyCode: "GBP",
        language: "en",
        lines: [{ categoryId: Number(category.id), quantity: 3, unitCost: { amount: "20.00", code: "GBP" } }],
      },
      account,
    );
    const bill = made.data;
    assert.deepEqual([bill.totalAmount.amount, bill.vendor.vendorName], ["60.00", "Oak Ltd"]);
    const payment = { billId: bill.id, amount: { amount: "60.00", code: "GBP" }, paymentType: "Check" };
    payment.paidDate = new Date(2026, 2, 5);
    const paid = (await client.billPayments.create(payment, account)).data;
    assert.equal((await client.bills.single(account, bill.id)).data.status, "paid");
    const noted = await client.billPayments.update({ ...payment, note: "By hand" }, account, paid.id);
    assert.equal(noted.data.note, "By hand");
    await client.billPayments.delete(account, paid.id);
    assert.equal((await client.billPayments.list(account)).data.pages.total, 0);
    assert.equal((await client.bills.archive(account, bill.id)).data.visState, 2);
    await client.bills.delete(account, bill.id);
    assert.equal((await client.bills.list(account)).data.pages.total, 0);
    await client.billVendors.delete(account, vendorId);
    assert.equal((await client.billVendors.list(account)).data.pages.total, 0);

    const income = { categoryName: "other", amount: { amount: "9.00", code: "GBP" }, date: new Date(2026, 2, 1) };
    const { incomeId } = (await client.otherIncomes.create(income, account)).data;
    assert.equal((await client.otherIncomes.single(account, incomeId)).data.amount.amount, "9.00");
    const tip = await client.otherIncomes.update(account, incomeId, { ...income, note: "Tip" });
    assert.equal(tip.data.note, "Tip");
    await client.otherIncomes.delete(account, incomeId);
    assert.equal((await client.otherIncomes.list(account)).data.pages.total, 0);
  },

  async tasks() {
    const client = connect();
    const task = { name: "Walking", rate: { amount: "25.47", code: "GBP" }, billable: true };
    const made = (await client.tasks.create(task, account)).data;
    assert.deepEqual([made.tname, made.rate.amount], ["Walking", "25.47"]);
    const told = await client.tasks.update({ description: "Twice a day" }, account, made.taskid);
    assert.equal(told.data.tdesc, "Twice a day");
    assert.equal((await client.tasks.single(account, made.taskid)).data.name, "Walking");
    await client.tasks.delete(account, made.taskid);
    assert.equal((await client.tasks.list(account)).data.pages.total, 1);
    await control("switches", { task_vis_state: "both" });
    await client.tasks.delete(account, made.taskid);
    assert.equal((await client.tasks.list(account)).data.pages.total, 0);
  },

  async lists() {
    const client = connect();
    const made = [];
    for (const number of [1, 2, 3]) made.push(await bill(client, number));
    const ids = made.map((one) => one.invoice.id);

    const some = new SearchQueryBuilder().in("invoiceids", [ids[0], ids[2]]);
    const second = new PaginationQueryBuilder().page(2).perPage(1);
    const page = (await client.invoices.list(account, [some, second])).data;
    assert.deepEqual(page.pages, { total: 2, size: 1, pages: 2, page: 2 });
    assert.deepEqual(page.invoices.map((one) => one.id), [ids[0]]);
    const past = new PaginationQueryBuilder().page(9);
    assert.deepEqual((await client.invoices.list(account, [past])).data.invoices, []);
    const greedy = new PaginationQueryBuilder().perPage(5000);
    assert.equal((await client.invoices.list(account, [greedy])).data.pages.size, 100);

    const of = new SearchQueryBuilder().equals("customerid", made[1].buyer.id);
    const with_lines = new IncludesQueryBuilder().includes("lines");
    const his = (await client.invoices.list(account, [of, with_lines])).data.invoices;
    assert.deepEqual(his.map((one) => [one.id, one.lines[0].name]), [[ids[1], "Bowl"]]);
    const oldest = new SortQueryBuilder().asc("invoice_date");
    const sorted = (await client.invoices.list(account, [oldest])).data.invoices;
    assert.deepEqual(sorted.map((one) => one.id), ids);

    const like = new SearchQueryBuilder().like("email_like", "a2@");
    assert.deepEqual((await client.clients.list(account, [like])).data.clients.length, 1);
    const days = new SearchQueryBuilder().between("updated", { min: "2020-01-01", max: "2020-01-02" });
    assert.equal((await client.clients.list(account, [days])).data.pages.total, 0);
    const misspelt = new SearchQueryBuilder().equals("emial", "nobody@example.com");
    assert.equal((await client.clients.list(account, [misspelt])).data.pages.total, 3);
    assert.equal((await client.creditNotes.list(account)).data.pages.total, 0);
  },

  async callbacks() {
    const client = connect();
    const received = [];
    const receiver = http.createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      received.push({ body, signature: request.headers["x-freshbooks-hmac-sha256"] });
      response.end();
      receiver.emit("received");
    });
    receiver.listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const next = async () => {
      if (received.length === 0) await once(receiver, "received", { signal: AbortSignal.timeout(10_000) });
      return received.shift();
    };
    const uri = `http://127.0.0.1:${receiver.address().port}/hook`;
    const made = (await client.callbacks.create({ event: "client.create", uri }, account)).data;
    assert.equal(made.verified, false);
    const form = new URLSearchParams((await next()).body);
    assert.equal(form.get("object_id"), String(made.callbackId));
    await client.callbacks.resendVerification(account, made.callbackId);
    const verifier = new URLSearchParams((await next()).body).get("verifier");
    assert.equal(verifier, form.get("verifier"));
    await refused(client.callbacks.verify(account, made.callbackId, "guessed"), "422");
    assert.equal((await client.callbacks.verify(account, made.callbackId, verifier)).data.verified, true);

    const { buyer } = await bill(client);
    const told = await next();
    const pairs = [...new URLSearchParams(told.body)];
    assert.equal(new Map(pairs).get("object_id"), String(buyer.id));
    const message = `{${pairs.map(([k, v]) => `${JSON.stringify(k)}: ${JSON.stringify(v)}`).join(", ")}}`;
    const signature = crypto.createHmac("sha256", verifier).update(message).digest("base64");
    assert.equal(told.signature, signature);

    const moved = await client.callbacks.update({ event: "invoice", uri }, account, made.callbackId);
    assert.equal(moved.data.event, "invoice");
    await refused(client.callbacks.create({ event: "invoice.paid", uri }, account), "422");
    assert.equal((await client.callbacks.list(account)).data.callbacks.length, 1);
    await client.callbacks.delete(account, made.callbackId);
    assert.equal((await client.callbacks.list(account)).data.pages.total, 0);
    receiver.close();
  },

  async ledger() {
    const client = connect();
    const { buyer, invoice } = await bill(client);
    await client.invoices.update(account, invoice.id, { status: 2 });
    const days = { min: "2026-01-01", max: "2026-12-31" };

    const accounts = (await client.journalEntryAccounts.list(account)).data;
    const owed = accounts.journalEntryAccounts.find((one) => one.accountNumber === "1200");
    assert.deepEqual([owed.accountName, owed.balance, accounts.pages.total], ["Accounts Receivable", 24, 13]);
    assert.equal(owed.subAccounts[0].transactionPosted, true);

    const details = (await client.journalEntryDetails.list(account)).data;
    assert.deepEqual([details.journalEntryDetails.length, details.pages.total], [3, 3]);
    for (const one of details.journalEntryDetails) {
      assert.deepEqual([one.entry.invoiceId, one.entry.clientId], [Number(invoice.id), Number(buyer.id)]);
    }

    const [from, to] = [accounts.journalEntryAccounts[0], owed].map((one) => one.subAccounts[0].subAccountId);
    const entry = await client.journalEntries.create(
      {
        name: "Correction",
        currencyCode: "GBP",
        userEnteredDate: new Date(2026, 2, 20),
        details: [
          { subAccountId: from, debit: "4" },
          { subAccountId: to, credit: "4" },
        ],
      },
      account,
    );
    assert.deepEqual(entry.data.details.map((one) => [one.debit, one.credit]), [[4, null], [null, 4]]);

    const during = new SearchQueryBuilder().equals("start_date", days.min).equals("end_date", days.max);
    const profit = (await client.reports.profitLoss(account, [during])).data;
    assert.deepEqual([profit.netProfit.total, profit.cashBased], [{ amount: "20.00", code: "GBP" }, false]);
    const taxes = (await client.reports.taxSummary(account, [during])).data;
    assert.deepEqual(taxes.taxes.map((one) => [one.taxName, one.taxCollected.amount]), [["VAT", "4.00"]]);
    assert.equal(taxes.totalInvoiced.amount, "24.00");
    const collected = (await client.reports.paymentsCollected(account, [during])).data;
    assert.deepEqual([collected.payments, collected.totals], [[], []]);
  },

  async refusals() {
    const client = connect({ retryOptions: ONCE });
    await refused(client.clients.single(account, 12345), "404", /Client not found/);
    await refused(client.callbacks.single(account, 12345), "404");
    await refused(client.invoices.list("xxxxxx"), "403");
    await refused(client.invoices.create({ createDate: new Date() }, account), "422");
    await assert.rejects(client.clients.single(account, 12345), (error) => {
      assert.equal(error.errors[0].errorCode, 1012);
      return true;
    });
    await control("switches", { error_style: "A2" });
    await refused(client.clients.single(account, 12345), "404", /Client not found/);
    const stranger = connect({ accessToken: "wrong", retryOptions: ONCE });
    await refused(stranger.users.me(), "401", /requires authentication/);
    await refused(stranger.clients.list(account), "401");
    await refused(stranger.callbacks.list(account), "401");
  },

  async faults() {
    const client = connect({ retryOptions: ONCE });
    await control("faults", { kind: "status", status: 429, retry_after: 1, path: "users/clients" });
    await refused(client.clients.list(account), "429");
    await control("faults", { kind: "status", status: 503, path: "users/clients" });
    await refused(client.clients.list(account), "503");
    const patient = connect({ retryOptions: { retries: 3, retryDelay: () => 10 } });
    await control("faults", { kind: "status", status: 503, path: "users/clients", times: 2 });
    assert.equal((await patient.clients.list(account)).ok, true);
    await control("faults", { kind: "drop_after", path: "users/clients", method: "POST" });
    await assert.rejects(client.clients.create({ organization: "Once Ltd" }, account));
    const made = (await client.clients.list(account)).data.clients;
    assert.deepEqual(made.map((one) => one.organization), ["Once Ltd"]);
  },
};

const scenario = scenarios[process.argv[2]];
if (!scenario) {
  console.log(Object.keys(scenarios).join("\n"));
} else {
  scenario().catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
