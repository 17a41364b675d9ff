/** Commands about results that are kept here. */
package dev.peer.cli.result;
