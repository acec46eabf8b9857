'use strict';

const make = (tag, text, properties = {}) => Object.assign(document.createElement(tag), { textContent: text ?? '' }, properties);

function example(content) {
  const json = content?.['application/json'];
  return json?.example === undefined ? '' : JSON.stringify(json.example, null, 2);
}

function parameters(operation, box) {
  const inputs = [];
  for (const parameter of operation.parameters ?? []) {
    const input = make('input', '', { name: parameter.name, required: parameter.required === true });
    const label = make('label', `${parameter.name} (${parameter.in}) `);
    label.append(input);
    box.append(label);
    inputs.push({ parameter, input });
  }
  return inputs;
}

async function send(method, path, inputs, body, output) {
  let address = path;
  const query = new URLSearchParams();
  const headers = {};
  for (const { parameter, input } of inputs) {
    if (input.value === '') continue;
    if (parameter.in === 'path') address = address.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (parameter.in === 'query') query.append(parameter.name, input.value);
    else if (parameter.in === 'header') headers[parameter.name] = input.value;
  }
  const token = document.getElementById('token').value;
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers['Content-Type'] = 'application/json';
  if (method === 'POST') headers['Idempotency-Key'] = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  try {
    const answer = await fetch(query.size ? `${address}?${query}` : address, { method, headers, body: body || undefined });
    const text = await answer.text();
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
    output.textContent = `${answer.status} ${answer.statusText}\n\n${shown.slice(0, 200000)}`;
  } catch (error) {
    output.textContent = String(error);
  }
}

function route(method, path, operation) {
  const details = make('details');
  const summary = make('summary');
  summary.append(make('span', method, { className: 'method' }), make('code', path), operation.summary ?? '');
  details.append(summary);
  details.addEventListener('toggle', () => {
    if (!details.open || details.childElementCount > 1) return;
    const inputs = parameters(operation, details);
    const hasBody = operation.requestBody !== undefined;
    const body = make('textarea', '', { value: hasBody ? example(operation.requestBody.content) : '' });
    if (hasBody) details.append(body);
    const output = make('pre');
    const button = make('button', 'Send');
    button.addEventListener('click', () => send(method, path, inputs, hasBody ? body.value : '', output));
    details.append(make('div'), button, output);
    const table = make('table');
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      const row = make('tr');
      const cell = make('td');
      cell.append(make('div', response.description ?? ''));
      const sample = example(response.content);
      if (sample) cell.append(make('pre', sample));
      row.append(make('td', status), cell);
      table.append(row);
    }
    details.append(table);
  });
  details.dataset.text = `${method} ${path} ${operation.summary ?? ''}`.toLowerCase();
  return details;
}

async function begin() {
  const routes = document.getElementById('routes');
  const token = document.getElementById('token');
  const load = async () => {
    const answer = await fetch('/openapi/v1.json', { headers: token.value ? { Authorization: `Bearer ${token.value}` } : {} });
    if (!answer.ok) {
      routes.textContent = `The description is not to be had (${answer.status}): enter a token, or sign in.`;
      return;
    }
    const api = await answer.json();
    routes.replaceChildren();
    for (const [path, item] of Object.entries(api.paths))
      for (const [method, operation] of Object.entries(item))
        routes.append(route(method.toUpperCase(), path, operation));
  };
  token.addEventListener('change', load);
  document.getElementById('find').addEventListener('input', event => {
    const wanted = event.target.value.toLowerCase();
    for (const details of routes.children) details.hidden = !(details.dataset?.text ?? '').includes(wanted);
  });
  await load();
}

begin();
