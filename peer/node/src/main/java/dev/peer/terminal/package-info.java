/**
 * The terminal in which the command was started: its output and, with JLine, a shell on it. JLine
 * loads only for a shell.
 *
 * <p>Sole user of {@code org.jline}. Uses {@code vm.guest}, whose port it implements.
 */
package dev.peer.terminal;
