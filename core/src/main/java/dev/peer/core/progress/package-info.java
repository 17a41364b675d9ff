/** What a run says while it goes on: steps, stages, output and notices. */
package dev.peer.core.progress;
