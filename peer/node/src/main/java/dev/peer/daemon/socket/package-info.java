/**
 * How a command hands a run over to the daemon of its home: a socket of this machine, frames of a
 * bounded size, and the file by which the daemon is found.
 *
 * <p>A command asks; the daemon names the variables that it needs, or declines; the command sends
 * them; the daemon accepts as soon as the run is on disk, and sends the run's output and its end.
 * If the command closes its side of the connection, the run is cancelled.
 *
 * <p>Or the daemon does all of a command for {@code bin/peer}, which is in C ({@code peer.c} and
 * what is beside it) and has no state of its own: it sends one request, then signals and the values
 * that it is asked for, and shows what comes.
 *
 * <p>Both sides are of the same version, and one user's. Uses {@code core}, {@code peer.daemon} and
 * {@code peer.wire}.
 */
package dev.peer.daemon.socket;
