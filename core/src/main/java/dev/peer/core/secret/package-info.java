/**
 * Secrets: values that a test gets and that no output, file or record may hold.
 *
 * <p>A {@link dev.peer.core.secret.Secrets} knows the values, masks them in streams as they pass
 * and finds them in what a run left. It looks for each value as a whole and for each of its lines
 * that is long enough, in these forms: as it is, in base64, percent-encoded, and escaped as in
 * JSON. No message and no {@code toString} holds a value. Pure but for reading the files that are
 * scanned. Uses {@code core.id}, {@code core.key} and {@code core.record}.
 */
package dev.peer.core.secret;
