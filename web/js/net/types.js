// @ts-check
// The shapes that come over the wire, as far as this app reads them. Unknown keys are ignored.

/**
 * @typedef {{ _id: string, username: string, created_at: string, is_admin?: boolean }} User
 *
 * @typedef {{
 *   _id: string,
 *   name: string | null,
 *   kind: string,
 *   topic: string,
 *   archived_at: string | null,
 *   created_at: string,
 *   member_count: number,
 *   head_seq: number,
 *   head_rev: number,
 *   role?: string,
 * }} Room
 *   `role` only where the caller is a member
 *
 * @typedef {{ user_id: string, username: string, role: string, joined_at: string }} Member
 *
 * @typedef {{
 *   _id: string,
 *   room: string,
 *   room_id: string,
 *   seq: number,
 *   rev: number,
 *   user_id: string,
 *   username: string,
 *   content?: string,
 *   created_at: string,
 *   kind?: string,
 *   deleted?: boolean,
 *   nonce?: string,
 *   duplicate?: boolean,
 * }} Message
 *   `seq`: place in the room, without gaps; `rev`: number of its latest change; `nonce`: to its author only
 *
 * @typedef {{ items: Message[], head_seq: number, head_rev: number, has_before: boolean, has_after: boolean }} Page
 *   `items`: ascending by `seq`
 * @typedef {{ items: Message[], head_rev: number, epoch: string, more: boolean }} Changes
 *   `items`: ascending by `rev`
 */

export {};
