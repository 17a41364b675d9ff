/** Results that are kept here, found and verified again. */
package dev.peer.result;
