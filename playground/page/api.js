// Speaks REST for one person and says in words what went wrong.

const BASE = "/api/v10";

export class ApiError extends Error {
  constructor(status, body) {
    super(firstFault(body?.errors) ?? (body?.message || `the server answered ${status}`));
    this.status = status;
    this.code = body?.code ?? 0;
  }
}

export class Api {
  #person;
  #traffic;

  constructor(person, traffic) {
    this.#person = person;
    this.#traffic = traffic;
  }

  get(path) {
    return this.#request("GET", path);
  }

  post(path, body) {
    return this.#request("POST", path, body);
  }

  put(path) {
    return this.#request("PUT", path);
  }

  delete(path) {
    return this.#request("DELETE", path);
  }

  /** Newest messages of a room, oldest first; `before` pages backwards. */
  async messages(channelId, { before, limit = 50 } = {}) {
    const list = await this.get(`/channels/${channelId}/messages?limit=${limit}${before ? `&before=${before}` : ""}`);
    return list.reverse();
  }

  async #request(method, path, body) {
    const headers = { authorization: this.#person.token };
    if (body !== undefined) headers["content-type"] = "application/json";
    let response;
    try {
      response = await fetch(BASE + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch {
      throw new ApiError(0, { message: "the playground can't be reached" });
    }
    const answer = await readJson(response);
    this.#traffic.add({ way: "out", person: this.#person.name, label: `${method} ${path}`, status: response.status, body: { sent: body, answer } });
    if (response.status === 429) return this.#later(method, path, body, answer);
    if (!response.ok) throw new ApiError(response.status, answer);
    return answer;
  }

  async #later(method, path, body, answer) {
    const wait = Math.min(5, answer?.retry_after ?? 1);
    await new Promise((done) => setTimeout(done, wait * 1000));
    return this.#request(method, path, body);
  }
}

/** "Invalid Form Body" helps nobody: what is wrong with it stands deeper, at the field's place. */
function firstFault(errors) {
  if (!errors || typeof errors !== "object") return null;
  if (Array.isArray(errors._errors)) return errors._errors[0]?.message ?? null;
  return Object.values(errors).reduce((found, inner) => found ?? firstFault(inner), null);
}

async function readJson(response) {
  const text = await response.text();
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return { message: text.slice(0, 200) };
  }
}

/** The page's own facts: who there is to be, and where the gateway is. */
export async function loadPlayground() {
  const response = await fetch("/_page/session", { credentials: "same-origin" });
  if (!response.ok) throw new ApiError(response.status, await readJson(response));
  return response.json();
}

/** What the empty state may say, or null when the server has nothing to add. */
export async function loadHints() {
  try {
    const response = await fetch("/_page/hints", { credentials: "same-origin" });
    return response.ok && response.status === 200 ? await response.json() : null;
  } catch {
    return null;
  }
}
