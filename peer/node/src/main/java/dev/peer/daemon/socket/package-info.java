/**
 * How a command hands a run over to the daemon of its home: a socket of this machine, frames of a
 * bounded size, and the file by which the daemon is found.
 *
 * <p>A command asks; the daemon names the variables that it needs, or declines; the command sends
 * them; the daemon accepts as soon as the run is on disk, and sends the run's output and its end.
 * If the command closes its side of the connection, the run is cancelled.
 *
 * <p>Both sides are of the same version, and one user's. Uses {@code core}, {@code peer.daemon} and
 * {@code peer.wire}.
 */
package dev.peer.daemon.socket;
