// One call: hand a message to the server, which signs it and posts it to the webhook.

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
