/** One run, from what is asked for to its result: target, secrets, machine, session. */
package dev.peer.run;
