/**
 * The terminal that the command was started in, by JLine. Nothing of it is loaded before somebody
 * asks for a shell.
 *
 * <p>Sole user of {@code org.jline}. Uses {@code vm.guest}, whose port it implements.
 */
package dev.peer.terminal;
