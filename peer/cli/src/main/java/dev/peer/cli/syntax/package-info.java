/**
 * How commands are called, declared in code. Picocli would also read it from annotations, but by
 * reflection: that costs a tenth of a second at each start.
 */
package dev.peer.cli.syntax;
