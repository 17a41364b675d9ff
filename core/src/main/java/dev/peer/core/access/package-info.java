/** Who may do what: rules for each verb over the names in a verified certificate. */
package dev.peer.core.access;
