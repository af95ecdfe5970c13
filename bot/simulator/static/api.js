// Two calls: hand a message to the server, which sees to it that it gets to the webhook; and ask what came by itself.

export async function send(url, message) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(message),
    });
  } catch {
    return { error: "offline" };
  }
  try {
    return await response.json();
  } catch {
    return { error: "other", status: response.status };
  }
}

// The messages after the one numbered `after`, or none when nobody answers.
export async function inbox(url, number, channel, after) {
  try {
    const response = await fetch(`${url}?${new URLSearchParams({ number, channel, after })}`);
    return response.ok ? (await response.json()).messages : [];
  } catch {
    return [];
  }
}
