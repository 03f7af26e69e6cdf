// @ts-check
// Puts the app together. The only module that knows all others.
import { Account } from './command/account.js';
import { Conversation } from './command/conversation.js';
import { Reader } from './command/reader.js';
import { Remover } from './command/remover.js';
import { RoomList } from './command/room-list.js';
import { Sender } from './command/sender.js';
import { openRecords } from './lib/database.js';
import { setCatalogue, t, translate } from './lib/i18n.js';
import { loadParser } from './model/markup.js';
import { Outbox } from './model/outbox.js';
import { neighbour, roomLabel } from './model/rooms.js';
import { parseRoute } from './model/route.js';
import { Store } from './model/store.js';
import { endpoints } from './net/endpoints.js';
import { Gateway } from './net/gateway.js';
import { Session } from './net/session.js';
import { Announcer } from './view/announcer.js';
import { Banner } from './view/banner.js';
import { Composer } from './view/composer.js';
import { ConversationView } from './view/conversation.js';
import { RoomListView } from './view/room-list.js';
import { Shell } from './view/shell.js';
import { isMac, listenForKeys } from './view/shortcuts.js';
import { TimelineView } from './view/timeline.js';
import { Toasts } from './view/toasts.js';
import { followViewport } from './view/viewport.js';
import { Welcome } from './view/welcome.js';

/** Wide enough for the list and the room side by side. */
const wide = matchMedia('(min-width: 720px)');
const ROOMS_EVERY_MS = 60_000;

const [strings, records] = await Promise.all([
  fetch('/chat-ui/locales/en.json').then((response) => response.json()),
  openRecords(),
]);
// Dates and times as the person's own English has them.
setCatalogue(strings, navigator.languages.find((language) => language.startsWith('en')) ?? 'en-GB');
translate(document);

const store = new Store();
const session = new Session();
const api = endpoints(session.call);
const gateway = new Gateway(session);
const outbox = new Outbox(/** @type {import('./model/outbox.js').Records} */ (records));
const reader = new Reader({ store, api });
const rooms = new RoomList({ store, api });
const conversation = new Conversation({ store, api, gateway, outbox, reader });
const sender = new Sender({ store, api, outbox, reader });
const remover = new Remover({ store, api, reader });
const account = new Account({ store, session, api, outbox, gateway, settle: () => remover.settle() });

const shell = new Shell(store);
new Welcome(store, account);
new RoomListView(store);
/** What is only needed once somebody is signed in. @type {ReturnType<typeof loadRest> | undefined} */
let rest;
new ConversationView(store, rooms, () => void rest?.then(({ directory }) => directory.open()));
const timeline = new TimelineView({ store, outbox, reader, conversation, sender, remover });
const send = (/** @type {string} */ roomId, /** @type {string} */ text) => {
  void sender.send(roomId, text);
  void timeline.toPresent();
};
new Composer(store, send, () => timeline.focusLast());
new Banner(store, () => gateway.retryNow());
new Toasts(store);
new Announcer(store);

/** Loads the parser and the dialogs: the page before the sign-in is lighter without them. */
async function loadRest() {
  const [{ CreateRoom }, { Directory }, { KeysDialog }, { Settings }, { Switcher }] = await Promise.all([
    import('./view/create-room.js'),
    import('./view/directory.js'),
    import('./view/keys-dialog.js'),
    import('./view/settings.js'),
    import('./view/switcher.js'),
    loadParser(),
  ]);
  new CreateRoom(rooms);
  const keys = new KeysDialog(isMac);
  new Settings(store, account, keys.open);
  return { directory: new Directory(rooms), keys, switcher: new Switcher(store, rooms) };
}

/** @param {1 | -1} steps */
const toNeighbour = (steps) => {
  const next = neighbour(store.rooms, store.room?._id ?? null, steps);
  if (next) rooms.go({ name: 'room', room: roomLabel(next) });
};
listenForKeys(store, {
  switch: () => void rest?.then(({ switcher }) => switcher.open()),
  'next-room': () => toNeighbour(1),
  'previous-room': () => toNeighbour(-1),
  'to-end': () => void timeline.toPresent(),
  'next-landmark': () => shell.cycleLandmarks(1),
  'previous-landmark': () => shell.cycleLandmarks(-1),
  keys: () => void rest?.then(({ keys }) => keys.open()),
});

/** Goes where the address says. */
function follow() {
  if (store.phase !== 'signed-in' || !store.roomsLoaded) return;
  const { route } = store;
  if (route.name === 'room') return void conversation.open(route.room, route.message);
  const home = wide.matches ? rooms.home : undefined;
  if (home) return rooms.go({ name: 'room', room: roomLabel(home) }, true);
  conversation.close();
  if (route.name !== 'home') rooms.go({ name: 'home' }, true);
}

store.on('phase', async (phase) => {
  if (phase !== 'signed-in') return;
  void rooms.limits();
  rest ??= loadRest();
  const [read] = await Promise.all([
    rooms.refresh(),
    rest.catch(() => {
      rest = undefined;
      store.emit('toast', t('error.internal'));
    }),
  ]);
  if (!read.ok) store.emit('toast', read.message);
  await sender.resume();
  follow();
});
store.on('route', follow);
store.on('connection', ({ state }) => {
  if (state === 'open' && !store.roomsLoaded) void rooms.refresh().then(follow);
});
setInterval(() => {
  if (store.phase === 'signed-in' && !document.hidden) void rooms.refresh().then((read) => read.ok && !store.room && follow());
}, ROOMS_EVERY_MS);
wide.addEventListener('change', follow);
addEventListener('hashchange', () => store.setRoute(parseRoute(location.hash)));
followViewport();

store.setRoute(parseRoute(location.hash));
await account.start();
