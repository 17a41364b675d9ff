/**
 * Secrets: values that a test or its preparation gets and that no output, file or record may hold.
 *
 * <p>A {@link dev.peer.core.secret.Secrets} knows the values, masks them in passing streams, and
 * finds them in a run's files. It looks for each value as a whole and for each of its lines that is
 * long enough, in these forms: as it is, in base64, percent-encoded, and escaped as in JSON. No
 * message and no {@code toString} holds a value. Pure, except for reading the files that it scans.
 * Uses {@code core.id}, {@code core.json}, {@code core.key} and {@code core.record}.
 */
package dev.peer.core.secret;
