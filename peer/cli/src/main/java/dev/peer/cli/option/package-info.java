/** Options and arguments that several commands take, and how their text is read. */
package dev.peer.cli.option;
