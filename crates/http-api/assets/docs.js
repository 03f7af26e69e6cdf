// Shows the OpenAPI and AsyncAPI documents: one entry per operation, message and schema, built with the DOM alone.
// @ts-check

const METHODS = ["get", "post", "put", "patch", "delete"];

/** @param {string} tag @param {string | Node[]} content */
function element(tag, content) {
  const node = document.createElement(tag);
  node.append(...(typeof content === "string" ? [content] : content));
  return node;
}

/** @param {string} text */
function code(text) {
  return element("code", text);
}

/** Text with `code` in backticks. @param {string | undefined} text @returns {Node[]} */
function prose(text) {
  return (text ?? "").split("`").map((part, index) => (index % 2 ? code(part) : document.createTextNode(part)));
}

/** A link to a schema's entry. @param {string} ref */
function link(ref) {
  const name = ref.split("/").pop() ?? ref;
  const anchor = document.createElement("a");
  anchor.href = `#schema-${name}`;
  anchor.append(code(name));
  return anchor;
}

/** What a schema allows, in a few words. @param {any} schema @returns {Node[]} */
function typeOf(schema) {
  if (!schema) return [document.createTextNode("anything")];
  if (schema.$ref) return [link(schema.$ref)];
  const several = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (several) {
    const word = schema.allOf ? " and " : " or ";
    return several.flatMap((/** @type {any} */ one, /** @type {number} */ index) =>
      index ? [document.createTextNode(word), ...typeOf(one)] : typeOf(one));
  }
  if (schema.type === "array") return [document.createTextNode("list of "), ...typeOf(schema.items)];
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : schema.type ?? "object";
  const bounds = [
    schema.minLength !== undefined || schema.maxLength !== undefined
      ? `${schema.minLength ?? 0}–${schema.maxLength ?? "…"} characters` : "",
    schema.pattern ? `like ${schema.pattern}` : "",
    schema.format ?? "",
  ].filter(Boolean);
  return [document.createTextNode([type, ...bounds].join(", "))];
}

/** @param {Element} body @param {(string | Node | Node[])[]} cells */
function row(body, ...cells) {
  const nodes = cells.map((cell, index) => {
    const list = Array.isArray(cell) ? cell : [typeof cell === "string" ? document.createTextNode(cell) : cell];
    return element(index ? "td" : "th", list);
  });
  body.append(element("tr", nodes));
}

/** @param {string} id @returns {HTMLElement} */
function fromTemplate(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {HTMLElement} */ (template.content.cloneNode(true).firstElementChild ?? document.createElement("div"));
}

/** @param {ParentNode} node @param {string} selector @returns {HTMLElement} */
function part(node, selector) {
  return /** @type {HTMLElement} */ (node.querySelector(selector));
}

/** @param {string} path @param {string} method @param {any} operation */
function showOperation(path, method, operation) {
  const entry = fromTemplate("operation");
  part(entry, ".method").textContent = method.toUpperCase();
  part(entry, ".path").textContent = path;
  part(entry, ".summary").append(...prose(operation.summary));
  part(entry, ".description").append(...prose(operation.description));
  const schemes = (operation.security ?? []).flatMap((/** @type {any} */ scheme) => Object.keys(scheme));
  part(entry, ".auth").textContent = schemes.length ? `Needs: ${schemes.join(" or ")}` : "Open to everybody";
  const parameters = operation.parameters ?? [];
  const table = part(entry, ".parameters");
  table.hidden = parameters.length === 0;
  for (const parameter of parameters) {
    row(part(table, "tbody"), code(parameter.name), `in ${parameter.in}`, typeOf(parameter.schema), prose(parameter.description));
  }
  const content = Object.entries(operation.requestBody?.content ?? {});
  part(entry, ".body").hidden = content.length === 0;
  for (const [type, media] of content) {
    part(entry, ".body .type").append(`${type}: `, ...typeOf(/** @type {any} */ (media).schema));
  }
  const answers = part(entry, ".responses tbody");
  for (const [status, answer] of Object.entries(operation.responses ?? {})) {
    const media = Object.values(/** @type {any} */ (answer).content ?? {})[0];
    row(answers, status, prose(/** @type {any} */ (answer).description), media ? typeOf(/** @type {any} */ (media).schema) : "");
  }
  entry.dataset.words = `${method} ${path} ${operation.summary ?? ""}`.toLowerCase();
  return entry;
}

/** @param {string} name @param {any} schema */
function showSchema(name, schema) {
  const entry = fromTemplate("schema");
  entry.id = `schema-${name}`;
  part(entry, ".name").textContent = name;
  part(entry, ".description").append(...prose(schema.description));
  const body = part(entry, "tbody");
  const parts = schema.allOf ?? [schema];
  for (const one of parts) {
    if (one.$ref) row(body, "everything in", typeOf(one));
    const required = new Set(one.required ?? []);
    for (const [key, property] of Object.entries(one.properties ?? {})) {
      const type = typeOf(property);
      row(body, code(key), required.has(key) ? type : [...type, document.createTextNode(", optional")],
        prose(/** @type {any} */ (property).description));
    }
  }
  entry.dataset.words = name.toLowerCase();
  return entry;
}

/** What a message of a socket holds: its fields, wherever its schema has them. @param {any} api @param {any} schema @returns {[string, any, boolean][]} */
function fieldsOf(api, schema) {
  if (!schema) return [];
  if (schema.$ref) return fieldsOf(api, api.components.schemas[schema.$ref.split("/").pop()]);
  const required = new Set(schema.required ?? []);
  const own = Object.entries(schema.properties ?? {}).map(([key, property]) =>
    /** @type {[string, any, boolean]} */ ([key, property, required.has(key)]));
  return [...own, ...(schema.allOf ?? []).flatMap((/** @type {any} */ one) => fieldsOf(api, one))];
}

/** @param {any} api @param {string} key @param {any} message */
function showMessage(api, key, message) {
  const entry = fromTemplate("schema");
  entry.id = `message-${key}`;
  part(entry, ".name").textContent = message.name;
  part(entry, ".description").append(...prose(message.summary));
  const body = part(entry, "tbody");
  for (const [name, property, required] of fieldsOf(api, message.payload)) {
    const type = property.enum?.length === 1 ? [code(JSON.stringify(property.enum[0]))] : typeOf(property);
    row(body, code(name), required ? type : [...type, document.createTextNode(", optional")], prose(property.description));
  }
  entry.dataset.words = `${key} ${message.summary ?? ""}`.toLowerCase();
  return entry;
}

/** The sockets: for each what the server receives and what it sends. @param {any} api */
function showSockets(api) {
  const main = part(document, "#main");
  /** @type {[string, any][]} */
  const operations = Object.entries(api.operations);
  for (const [name, channel] of Object.entries(api.channels)) {
    const about = /** @type {any} */ (channel);
    const nodes = [element("h2", about.title), element("p", [code(about.address)]), element("p", prose(about.description))];
    for (const [, operation] of operations.filter(([, one]) => one.channel.$ref === `#/channels/${name}`)) {
      nodes.push(element("h3", operation.summary));
      for (const { $ref } of operation.messages) {
        const key = $ref.split("/").pop();
        nodes.push(showMessage(api, key, api.components.messages[key]));
      }
    }
    main.append(element("section", nodes));
  }
}

/** @param {string[]} codes */
function showCodes(codes) {
  return codes.map((one) => {
    const entry = element("p", [code(one)]);
    entry.id = one;
    entry.dataset.words = one;
    return entry;
  });
}

/** @param {any} api @param {any} sockets */
function show(api, sockets) {
  const main = part(document, "#main");
  part(document, "#about").textContent = `${api.info.description ?? ""} Version ${api.info.version}.`;
  /** @type {Map<string, Node[]>} */
  const byTag = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS) {
      const operation = /** @type {any} */ (item)[method];
      if (!operation) continue;
      const tag = operation.tags?.[0] ?? "other";
      byTag.set(tag, [...(byTag.get(tag) ?? []), showOperation(path, method, operation)]);
    }
  }
  const section = (/** @type {string} */ title, /** @type {Node[]} */ entries) =>
    main.append(element("section", [element("h2", title), ...entries]));
  for (const [tag, entries] of byTag) section(tag, entries);
  showSockets(sockets);
  const schemas = Object.entries({ ...sockets.components.schemas, ...api.components?.schemas });
  section("shapes", schemas.map(([name, schema]) => showSchema(name, schema)));
  section("error codes", showCodes(api.components?.schemas?.ProblemDto?.properties?.code?.enum ?? []));
}

/** @param {string} words */
function filter(words) {
  for (const entry of document.querySelectorAll("[data-words]")) {
    const node = /** @type {HTMLElement} */ (entry);
    node.hidden = !(node.dataset.words ?? "").includes(words.trim().toLowerCase());
  }
}

function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
}

/** @param {string} path @returns {Promise<any>} */
async function read(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.json();
}

try {
  show(...await Promise.all([read("/api/openapi.json"), read("/api/asyncapi.json")]));
  openTarget();
} catch (error) {
  part(document, "#about").textContent = `The document can't be shown: ${error instanceof Error ? error.message : error}`;
}
const field = /** @type {HTMLInputElement} */ (part(document, "#filter"));
field.addEventListener("input", () => filter(field.value));
addEventListener("hashchange", openTarget);
