/**
 * JSON text to trees of values and back, by the parser and the generator of Jackson alone. Its
 * mapper is for objects of any class: when it is first used it looks for classes that are nowhere,
 * and for that opens every file of the class path. A command that only replays would spend a tenth
 * of its time there.
 */
package dev.peer.core.json;
