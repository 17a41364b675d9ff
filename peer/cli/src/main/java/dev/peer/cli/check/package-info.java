/** Commands that say whether all is well: with this machine, and with a certificate. */
package dev.peer.cli.check;
