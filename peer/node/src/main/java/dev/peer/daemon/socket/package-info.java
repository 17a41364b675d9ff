/**
 * How a command hands a run over to the daemon of its home: a socket of this machine, frames of a
 * bounded size, and the file by which the daemon is found.
 *
 * <p>A command asks; the daemon says which variables it needs, or that it does not do it; the
 * command gives them; the daemon accepts, once the run is on disk, and sends all that the run puts
 * out, and its end. When the command ends its side of the connection, the run is broken off.
 *
 * <p>Both sides are of the same version, and one user's. Uses {@code core}, {@code peer.daemon} and
 * {@code peer.wire}.
 */
package dev.peer.daemon.socket;
