/** Answers to what Java asks the class path for, given before it asks. */
package dev.peer.runtime;
