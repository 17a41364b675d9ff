/** Commands about what this machine runs tests in: guest images, kept disks, frozen guests. */
package dev.peer.cli.machine;
