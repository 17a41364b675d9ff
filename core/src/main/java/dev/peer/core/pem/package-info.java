/**
 * Keys and certificates as text: the forms that are read, and those that are refused with a remedy.
 */
package dev.peer.core.pem;
