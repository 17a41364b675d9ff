/** Commands that get a result: run, replay, push, and what would count. */
package dev.peer.cli.run;
