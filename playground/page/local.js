// The server names itself by one address; a browser may have come by another (localhost, a container's port).

/** The same playground with addresses that this window may use; file(url) does the same for a picture's address,
 * and home(url) takes it back: an address that the app, too, can read. */
export function atThisWindow(playground, here = location) {
  const there = new URL(playground.base_url).origin;
  const gateway = new URL(playground.gateway_url);
  if (here.origin !== there) Object.assign(gateway, { protocol: here.protocol === "https:" ? "wss:" : "ws:", host: here.host });
  const file = (url) => (url?.startsWith(`${there}/`) ? here.origin + url.slice(there.length) : url);
  const home = (url) => (url?.startsWith(`${here.origin}/`) ? there + url.slice(here.origin.length) : url);
  return { ...playground, gateway_url: gateway.href, file, home };
}

/** A message whose pictures this window can load. */
export function localMessage(message, file) {
  const media = (one) => one && { ...one, url: file(one.url), ...(one.proxy_url ? { proxy_url: file(one.proxy_url) } : {}) };
  const local = { ...message };
  if (message.attachments) local.attachments = message.attachments.map(media);
  if (message.embeds) local.embeds = message.embeds.map((embed) => ({ ...embed, image: media(embed.image), thumbnail: media(embed.thumbnail) }));
  if (message.referenced_message) local.referenced_message = localMessage(message.referenced_message, file);
  return local;
}
