/** Where servers of tests listen. */
package dev.peer.ports;
