/**
 * Validated value types that name things: digests, git objects, repositories, peers and runs.
 *
 * <p>Each has one strict factory; an instance always holds a well-formed value. Uses nothing else.
 */
package dev.peer.core.id;
