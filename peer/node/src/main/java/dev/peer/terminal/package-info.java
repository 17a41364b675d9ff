/**
 * The terminal that the command was started in: what it is shown, and, by JLine, a shell on it.
 * Nothing of JLine is loaded before somebody asks for a shell.
 *
 * <p>Sole user of {@code org.jline}. Uses {@code vm.guest}, whose port it implements.
 */
package dev.peer.terminal;
