/**
 * What only the operating system can say of this process, or do for it: one door, {@link
 * dev.peer.core.platform.Platform}, with an answer for Linux and one for any other unix. Running
 * tests needs Linux, and has {@code vm}; everything else asks here.
 *
 * <p>Sole user of the kernel's files and of the C library. Uses nothing else of core.
 */
package dev.peer.core.platform;
