/** What the runtime is trained with: a team of its own in one process. */
package dev.peer.cli.training;
