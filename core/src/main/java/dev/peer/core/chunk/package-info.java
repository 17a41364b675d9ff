/**
 * Content as a sequence of chunks that different contents share: where it is cut, how its chunks
 * are listed, and what must be moved where some of them are there. Pure: no files, no sockets.
 *
 * <p>A list of chunks is a hint. Content that was put together by one counts only if its own digest
 * is the expected one.
 *
 * <p>Uses {@code core.id}.
 */
package dev.peer.core.chunk;
