// @ts-check
// The rooms I belong to.

/** @typedef {import('../net/types.js').Room} Room */

/** What a room is called; conversations without a name have an id. @param {Room} room */
export const roomLabel = (room) => room.name ?? room._id;

/** Finds a room by name or id. @param {readonly Room[]} rooms @param {string} reference */
export function findRoom(rooms, reference) {
  const name = reference.toLowerCase();
  return rooms.find((room) => room._id === reference || room.name === name);
}

/** @param {readonly Room[]} rooms */
export const sortRooms = (rooms) => [...rooms].sort((a, b) => roomLabel(a).localeCompare(roomLabel(b)));

/** Puts a room in, or its newer state in its place. @param {readonly Room[]} rooms @param {Room} room */
export const withRoom = (rooms, room) => sortRooms([...rooms.filter(({ _id }) => _id !== room._id), room]);

/** @param {readonly Room[]} rooms @param {string} id */
export const withoutRoom = (rooms, id) => rooms.filter((room) => room._id !== id);

/** The room so many places further down the list, round the ends. @param {readonly Room[]} rooms @param {string | null} id @param {number} steps */
export function neighbour(rooms, id, steps) {
  if (rooms.length === 0) return undefined;
  const index = rooms.findIndex((room) => room._id === id);
  const from = index < 0 && steps > 0 ? -1 : Math.max(index, 0);
  return rooms[(from + steps + rooms.length) % rooms.length];
}

/**
 * Rooms whose name or topic has the text, best first: those that begin with it, then those that have it in the name.
 * @param {readonly Room[]} rooms @param {string} text
 */
export function matchRooms(rooms, text) {
  const wanted = text.trim().toLowerCase();
  /** @param {Room} room */
  const rank = (room) => {
    const name = roomLabel(room).toLowerCase();
    if (name.startsWith(wanted)) return 0;
    if (name.includes(wanted)) return 1;
    return room.topic.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return rooms.filter((room) => rank(room) < 3).sort((a, b) => rank(a) - rank(b));
}

/** Whether its timeline takes messages of mine. @param {Room} room */
export function mayPost(room) {
  if (room.role === undefined || room.archived_at !== null) return false;
  return room.kind !== 'announce' || ['owner', 'admin', 'moderator'].includes(room.role);
}
